#!/bin/sh
# Makes the servers at these hosts db1, db2, … of one map; what is so already stays as it is.
set -e
if [ -z "$SERVER_MAP" ]; then
  echo "SERVER_MAP is not set: the profile 'servers' needs it, as in SERVER_MAP=edgechat-servers, for all services" >&2
  exit 1
fi
number=0
for host; do
  shift
  number=$((number + 1))
  set -- "$@" "db$number" "postgresql://$host:$POSTGRES_PORT/$DATABASE"
done
# At once: gateways wait for the map, and would open all rooms at the first server if they found that one alone.
edgechat server add --if-new "$@"
