-- The filters now in force in a room, one per feed in the order of the feeds; a suspended one counts as ALL.
create or replace function chat.filters_in_force(p_room_id integer)
returns integer[]
language sql
stable
as $$
  select array_agg(
    case when f.state = 'suspended' then chat.trivial_filter(f.feed_id, false) else f.filter_id end
    order by f.feed_id
  )
  from chat.room_filter as f
  where f.room_id = p_room_id and f.state <> 'replaced'
$$;
