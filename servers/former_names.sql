-- Data that was made when database and role were called edgechat by default: both get today's names.
--
-- Run by a superuser before anybody connects, in single-user mode too (docker/postgres/start.sh), which takes a statement to
-- end where an empty line follows a semicolon. edgechat.database, edgechat.role and edgechat.password are what is wanted.
-- Nothing happens where other names than today's defaults are wanted, and where they are there.
do $$
declare
  v_database constant text := current_setting('edgechat.database');
  v_role constant text := current_setting('edgechat.role');
begin
  if v_role = 'chatserviceusr'
    and not exists (select from pg_roles where rolname = v_role)
    and exists (select from pg_roles where rolname = 'edgechat' and not rolsuper)
  then
    alter role edgechat rename to chatserviceusr;
    execute format('alter role chatserviceusr password %L', current_setting('edgechat.password'));
  end if;
  if v_database = 'chatservicedb'
    and not exists (select from pg_database where datname = v_database)
    and exists (select from pg_database where datname = 'edgechat')
  then
    perform pg_terminate_backend(pid) from pg_stat_activity where datname = 'edgechat';
    alter database edgechat rename to chatservicedb;
  end if;
end
$$;
