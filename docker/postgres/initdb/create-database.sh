#!/bin/sh
# Runs once, when the server makes its data directory: the service's database belongs to a role that is no superuser, since
# the functions run with the rights of whoever applied them.
psql -v ON_ERROR_STOP=1 --no-psqlrc --quiet -U "$POSTGRES_USER" -d postgres \
  -v role="$DBUSER" -v password="$DBPASSWORD" -v database="$DATABASE" <<'SQL'
create role :"role" login password :'password';
create database :"database" owner :"role";
revoke connect, temporary on database :"database" from public;
SQL
