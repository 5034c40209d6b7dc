#!/bin/sh
# The container's entry point. In data of a former version, role and database get today's names first, and the parts their
# roles: before the server listens, since the other containers connect at once. A standby gets them from its primary.
data=${PGDATA:-/var/lib/postgresql/18/docker}

quoted() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/''/g")"; }

statements() {
  printf 'set edgechat.database = %s;\n\n' "$(quoted "$DATABASE")"
  printf 'set edgechat.role = %s;\n\n' "$(quoted "$DBUSER")"
  printf 'set edgechat.password = %s;\n\n' "$(quoted "$DBPASSWORD")"
  printf 'set edgechat.bridge_password = %s;\n\n' "$(quoted "$BRIDGE_DBPASSWORD")"
  printf 'set edgechat.gateway_password = %s;\n\n' "$(quoted "$GATEWAY_DBPASSWORD")"
  printf 'set edgechat.inspector_password = %s;\n\n' "$(quoted "$INSPECTOR_DBPASSWORD")"
  cat /etc/edgechat/former_names.sql
  printf '\n\n'
  cat /etc/edgechat/roles.sql
  printf '\n\n'
}

# A commit must not wait for a standby, which cannot connect yet.
server="exec postgres --single -j -D '$data' -c exit_on_error=on -c synchronous_commit=local"
alone() {
  command="$server $(quoted "$1")"
  if [ "$(id -u)" = 0 ]; then su -s /bin/sh -c "$command" postgres; else sh -c "$command"; fi
}

if [ -s "$data/PG_VERSION" ] && [ -z "$(find "$data" -maxdepth 1 -name '*.signal')" ]; then
  statements | alone postgres >/dev/null || echo "cannot make the roles, or look for names of a former version; the lines above say why" >&2
  # In data that was made before there were several servers.
  if [ -n "${SERVER_MAP:-}" ]; then
    { cat /etc/edgechat/links.sql; printf '\n\n'; } | alone "$DATABASE" >/dev/null || echo "cannot let $DATABASE look into other servers; the lines above say why" >&2
  fi
fi
exec docker-entrypoint.sh "$@"
