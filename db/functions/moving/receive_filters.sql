-- Gives a room the filters that it has and had on another server, in place of those of a new one.
--
-- They were judged there, by the same rules. What is about a feed that is not here is left out. The caller holds the
-- log's lock.
create or replace function chat.receive_filters(p_room_id integer, p_filters jsonb)
returns void
language plpgsql
volatile
as $$
begin
  delete from chat.room_filter as f where f.room_id = p_room_id;
  insert into chat.room_filter (
    room_id, feed_id, filter_id, clause, state, set_by, set_at, from_seq, until_seq, reason, from_row_id
  )
  select
    p_room_id, e.feed_id, chat.save_filter(e.feed_id, u.item ->> 'canonical', u.item ->> 'warning'), f.clause, f.state,
    f.set_by, f.set_at, f.from_seq, f.until_seq, f.reason, 0
  from jsonb_array_elements(p_filters) with ordinality as u(item, number)
  cross join lateral jsonb_populate_record(null::chat.room_filter, u.item) as f
  join chat.feed as e on e.name = u.item ->> 'feed' and e.state <> 'removed'
  order by u.number;
  perform chat.create_room_view(
    p_room_id, f.feed_id, case f.state when 'suspended' then 'false' else c.canonical end
  )
  from chat.room_filter as f
  join chat.filter as c on c.filter_id = f.filter_id
  where f.room_id = p_room_id and f.state <> 'replaced';
end
$$;
