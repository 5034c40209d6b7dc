#!/bin/sh
# Runs once, when the server makes its data directory: the service's database belongs to a role that is no superuser, since
# the functions run with the rights of whoever applied them. Passwords stay out of the command line, which `ps` shows.
psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet -U "$POSTGRES_USER" -d postgres <<'SQL'
\getenv role DBUSER
\getenv password DBPASSWORD
\getenv database DATABASE
\getenv bridge BRIDGE_DBPASSWORD
\getenv gateway GATEWAY_DBPASSWORD
\getenv inspector INSPECTOR_DBPASSWORD
create role :"role" login password :'password';
create database :"database" owner :"role";
revoke connect, temporary on database :"database" from public;
set edgechat.role = :'role';
set edgechat.bridge_password = :'bridge';
set edgechat.gateway_password = :'gateway';
set edgechat.inspector_password = :'inspector';
\i /etc/edgechat/roles.sql
SQL
if [ -n "${SERVER_MAP:-}" ]; then
  psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet -U "$POSTGRES_USER" -d "$DATABASE" -f /etc/edgechat/links.sql
fi
