-- The servers that this one is linked with: foreign servers of postgres_fdw that link_servers made.
create or replace function chat.list_links()
returns setof text
language sql
stable
as $$
  select s.srvname::text from pg_foreign_server as s where s.srvtype = 'edgechat' order by s.srvname
$$;
