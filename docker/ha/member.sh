#!/bin/sh
# One of the two Postgres servers of docker-compose.ha.yml. Whoever starts while the other is a primary of a higher
# timeline becomes its standby: one that is new, and a former primary that was outlived, whose data is put aside.
#
# PEER is the other server. FOUNDER=yes is for the one that makes the database when there is none yet.
set -eu
data=${PGDATA:-/var/lib/postgresql/18/docker}

has_data() { [ -s "$data/PG_VERSION" ]; }

ask_peer() { PGPASSWORD=$1 PGCONNECT_TIMEOUT=3 psql -h "$PEER" -U "$POSTGRES_USER" -d postgres -AtXqc "$2" 2>/dev/null; }

# Data of a former version has that version's default, unless somebody chose another password.
password() { if ask_peer postgres "select" >/dev/null; then echo postgres; else echo "$POSTGRES_PASSWORD"; fi; }

# The timeline that a primary writes, as its WAL files have it; "standby" for a standby, "away" for one that does not answer.
peer_timeline() {
  ask_peer "$(password)" "
    select case when pg_is_in_recovery() then 'standby' else left(pg_walfile_name(pg_current_wal_lsn()), 8) end
  " || echo away
}

own_timeline() {
  if has_data; then ls "$data/pg_wal" | grep -E '^[0-9A-F]{24}$' | cut -c1-8 | sort | tail -1; else echo 00000000; fi
}

# Made under another name first: what an interruption leaves is never mistaken for data.
copy() {
  rm -rf "$data.new"
  mkdir -p "$(dirname "$data")"
  PGPASSWORD=$(password) pg_basebackup -h "$PEER" -U "$POSTGRES_USER" -D "$data.new" -R -X stream -c fast || return 1
  # A standby that is promoted has no standby of its own yet, and must not wait for one.
  echo "synchronous_standby_names = ''" >> "$data.new/postgresql.auto.conf"
  chown -R postgres "$data.new"
  if has_data; then
    echo "$PEER has outlived this server: its data goes to $data.outlived, and it becomes a standby"
    rm -rf "$data.outlived"
    mv "$data" "$data.outlived"
  fi
  rm -rf "$data"
  mv "$data.new" "$data"
}

while true; do
  peer=$(peer_timeline)
  case $peer in
    away) if has_data || [ "${FOUNDER:-no}" = yes ]; then break; fi ;;
    # It waits to be promoted: to make another database beside it would be worse than to wait.
    standby) if has_data; then break; fi ;;
    *)
      own=$(own_timeline)
      newest=$(printf '%s\n' "$peer" "$own" | sort | tail -1)
      # A standby follows already; and who is no older than the other is the primary, or a case for a person.
      if has_data && { [ -e "$data/standby.signal" ] || [ "$newest" = "$own" ]; }; then break; fi
      if copy; then break; fi ;;
  esac
  echo "waiting for $PEER to be a primary; it is: $peer"
  sleep 2
done
if has_data; then . /docker-entrypoint-initdb.d/allow-replication.sh; fi
exec sh /etc/edgechat/start.sh "$@"
