-- Lets the chat database look into those of other servers, by postgres_fdw, for the views of all (docs/psql.md).
--
-- An administrator runs it in the chat database of each of several servers, once; `edgechat migrate` and `edgechat
-- server add` do the rest. The containers do so by themselves where there is a SERVER_MAP. The database's owner may
-- make links from then on, to any server whose login they know, and so nobody may where there is one server only.
create extension if not exists postgres_fdw;

do $$
begin
  execute format(
    'grant usage on foreign data wrapper postgres_fdw to %I',
    (select pg_get_userbyid(d.datdba) from pg_database as d where d.datname = current_database())
  );
end
$$;
