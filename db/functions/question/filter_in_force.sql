-- The filter of a feed that a room now has; NONE's or ALL's where nobody set one, ALL's while it is suspended.
create or replace function chat.filter_in_force(p_room_id integer, p_feed chat.feed)
returns integer
language sql
volatile
as $$
  select coalesce(
    (
      select case when f.state = 'suspended' then chat.trivial_filter(p_feed.feed_id, false) else f.filter_id end
      from chat.room_filter as f
      where f.room_id = p_room_id and f.feed_id = p_feed.feed_id and f.state <> 'replaced'
    ),
    chat.trivial_filter(p_feed.feed_id, p_feed.default_clause = 'NONE')
  )
$$;
