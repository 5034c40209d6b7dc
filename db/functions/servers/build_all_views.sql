-- Makes the views of all servers, all_room_filters and all_filter_cost, out of this server's and those of linked ones.
--
-- p_without are links that are about to go. Where no server is linked the views show this one only. Who reads them
-- needs no right of their own elsewhere: foreign tables are read with the login that the owner of the views has there.
create or replace function chat.build_all_views(p_without text[] default '{}')
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v record;
  v_columns text;
  v_definition text;
  v_inspector text;
begin
  select r.rolname into v_inspector
  from pg_database as d
  join pg_roles as r on r.rolname = pg_get_userbyid(d.datdba) || '_inspector'
  where d.datname = current_database();
  for v in
    select *
    from (values ('room_filters', 'room, feed, server'), ('filter_cost', 'us_per_row desc')) as w(name, ordering)
  loop
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into v_columns
    from pg_attribute as a
    where a.attrelid = format('chat.%I', v.name)::regclass and a.attnum > 0 and not a.attisdropped;
    select
      format('select (select s.name::text from chat.server as s) as server, %s from chat.%I', v_columns, v.name)
      || coalesce(string_agg(
        format(' union all select %L::text, %s from %s', l.name, v_columns, chat.build_foreign_table(l.name, v.name)),
        '' order by l.name
      ), '')
      || ' order by ' || v.ordering
    into v_definition
    from chat.list_links() as l(name)
    where l.name <> all (p_without);
    begin
      execute format('create or replace view chat.%I as %s', 'all_' || v.name, v_definition);
    exception
      -- The view has other columns than before.
      when invalid_table_definition then
        execute format('drop view chat.%I', 'all_' || v.name);
        execute format('create view chat.%I as %s', 'all_' || v.name, v_definition);
    end;
    if v_inspector is not null then
      execute format('grant select on chat.%I to %I', 'all_' || v.name, v_inspector);
    end if;
  end loop;
end
$$;
