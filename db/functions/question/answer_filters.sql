-- FILTERS: the filters that a room has and had, newest first; set_at in milliseconds since 1970.
create or replace function chat.answer_filters(p_room_id integer, p_count integer)
returns table (feed text, clause text, set_by text, set_at bigint, state text, reason text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select
    e.name, f.clause, f.set_by, floor(extract(epoch from f.set_at) * 1000)::bigint,
    case f.state when 'in force' then 'active' else f.state end, f.reason
  from chat.room_filter as f
  join chat.feed as e on e.feed_id = f.feed_id
  where f.room_id = p_room_id
  order by f.room_filter_id desc
  limit p_count
$$;
