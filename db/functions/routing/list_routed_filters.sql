-- The distinct filters of a feed that its router evaluates: those of live rooms, except NONE and ALL.
create or replace function chat.list_routed_filters(p_feed_id integer)
returns table (filter_id integer, canonical text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select r.filter_id, f.canonical
  from chat.routed_filter as r
  join chat.filter as f on f.filter_id = r.filter_id
  where r.feed_id = p_feed_id
$$;
