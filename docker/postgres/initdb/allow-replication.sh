#!/bin/sh
# Lets the other server of docker-compose.ha.yml copy this one and follow it. Sourced when the data directory is made, and
# by docker/ha/member.sh when it is there already. Without a PEER there is nobody to let in.
if [ -n "${PEER:-}" ]; then
  hba="${PGDATA:-/var/lib/postgresql/18/docker}/pg_hba.conf"
  grep -q '^host replication all all' "$hba" || echo "host replication all all scram-sha-256" >> "$hba"
fi
