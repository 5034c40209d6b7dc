-- The clause of the filter that a room now has for a feed, as its member wrote it; ALL while it is suspended.
create or replace function chat.clause_in_force(p_room_id integer, p_feed_id integer)
returns text
language sql
stable
as $$
  select case when f.state = 'suspended' then 'ALL' else f.clause end
  from chat.room_filter as f
  where f.room_id = p_room_id and f.feed_id = p_feed_id and f.state <> 'replaced'
$$;
