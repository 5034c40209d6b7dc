-- The clauses of the filters that a room now has, by feed and as its members wrote them; ALL for a suspended one.
--
-- Of every feed that rooms can filter by: what nobody set is the feed's default. Nothing of a room that there is not.
create or replace function chat.clauses_in_force(p_room_id integer, out feed_ids integer[], out clauses text[])
language sql
stable
as $$
  select
    array_agg(e.feed_id::integer order by e.feed_id),
    array_agg(
      case when f.state = 'suspended' then 'ALL' else coalesce(f.clause, e.default_clause) end order by e.feed_id
    )
  from chat.room as r
  cross join chat.feed as e
  left join chat.room_filter as f on f.room_id = r.room_id and f.feed_id = e.feed_id and f.state <> 'replaced'
  where r.room_id = p_room_id and e.state <> 'removed'
$$;
