-- The distinct filters of a feed that live rooms have, except those that pass everything or nothing.
create or replace function chat.list_routed_filters(p_feed_id integer)
returns table (filter_id integer, canonical text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select f.filter_id, f.canonical
  from chat.filter as f
  where f.feed_id = p_feed_id
    and f.canonical not in ('true', 'false')
    and exists (
      select
      from chat.room_group_filter as s
      join chat.room_group as g on g.group_id = s.group_id
      where s.filter_id = f.filter_id and g.live_until > clock_timestamp()
    )
$$;
