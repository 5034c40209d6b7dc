-- The clauses of the filters that a room now has, by feed and as its members wrote them; ALL for a suspended one.
create or replace function chat.clauses_in_force(p_room_id integer, out feed_ids integer[], out clauses text[])
language sql
stable
as $$
  select
    array_agg(f.feed_id::integer order by f.feed_id),
    array_agg(case when f.state = 'suspended' then 'ALL' else f.clause end order by f.feed_id)
  from chat.room_filter as f
  where f.room_id = p_room_id and f.state <> 'replaced'
$$;
