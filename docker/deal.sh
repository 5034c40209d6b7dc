#!/bin/sh
# Makes the servers at these hosts db1, db2, … of one map; what is so already stays as it is.
set -e
if [ -z "$SERVER_MAP" ]; then
  echo "SERVER_MAP is not set: the profile 'servers' needs it, as in SERVER_MAP=edgechat-servers, for all services" >&2
  exit 1
fi
number=0
for host; do
  number=$((number + 1))
  edgechat server add --if-new "db$number" "postgresql://$host:$POSTGRES_PORT/$DATABASE"
done
