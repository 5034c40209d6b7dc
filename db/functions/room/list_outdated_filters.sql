-- The filters in force that an earlier version of the language took, or all of a feed.
--
-- By clause and who set it, with their rooms.
create or replace function chat.list_outdated_filters(p_feed_id integer default null)
returns table (
  feed_id integer, filter_id integer, canonical text, clause text, set_by text, room_ids integer[]
)
language sql
stable
as $$
  select f.feed_id::integer, f.filter_id, t.canonical, f.clause, f.set_by, array_agg(f.room_id order by f.room_id)
  from chat.room_filter as f
  join chat.filter as t on t.filter_id = f.filter_id
  where f.state = 'in force'
    and case when p_feed_id is null then t.language < chat.language_version() else f.feed_id = p_feed_id end
    and t.canonical not in ('true', 'false')
  group by f.feed_id, f.filter_id, t.canonical, f.clause, f.set_by
  order by f.feed_id, f.filter_id, f.clause, f.set_by
$$;
