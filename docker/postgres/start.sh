#!/bin/sh
# The container's entry point. In data of a former version, role and database get today's names first: before the server
# listens, since the other containers connect at once. A standby gets them from its primary.
data=${PGDATA:-/var/lib/postgresql/18/docker}

quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/''/g")"; }

statements() {
  printf 'set edgechat.database = %s;\n\n' "$(quoted "$DATABASE")"
  printf 'set edgechat.role = %s;\n\n' "$(quoted "$DBUSER")"
  printf 'set edgechat.password = %s;\n\n' "$(quoted "$DBPASSWORD")"
  cat /etc/edgechat/former_names.sql
  printf '\n\n'
}

# A commit must not wait for a standby, which cannot connect yet.
server="exec postgres --single -j -D '$data' -c exit_on_error=on -c synchronous_commit=local postgres"
alone() { if [ "$(id -u)" = 0 ]; then su -s /bin/sh -c "$server" postgres; else sh -c "$server"; fi; }

if [ -s "$data/PG_VERSION" ] && [ -z "$(find "$data" -maxdepth 1 -name '*.signal')" ]; then
  statements | alone >/dev/null || echo "cannot look for names of a former version; the lines above say why" >&2
fi
exec docker-entrypoint.sh "$@"
