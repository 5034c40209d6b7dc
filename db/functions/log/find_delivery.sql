-- The sequence under which a room got a row of a feed; null if it did not get it.
--
-- Rows are stored in the order of their keys, so their batch is the first one that ends behind the row. A few more are
-- looked at, should somebody have stored rows under keys of their own; all would be millions.
create or replace function chat.find_delivery(p_room_id integer, p_feed_id integer, p_row_id bigint)
returns bigint
language sql
stable
as $$
  with given as (
    select l.group_id, l.first_place + m.number - 1 as place
    from (
      select t.batch_id, t.row_ids
      from chat.feed_batch as t
      where t.feed_id = p_feed_id and upper(t.row_ids) > p_row_id
      order by upper(t.row_ids)
      limit 100
    ) as t
    join chat.group_log as l on l.batch_id = t.batch_id
    cross join lateral chat.list_marked_rows(t.row_ids, l.bits) as m
    where t.row_ids @> p_row_id and m.row_id = p_row_id
  ),
  -- The room's last own message before the row, and where the row is behind it, if the room was in the group then.
  stretch as (
    select
      s.*,
      coalesce(
        (
          select min(n.seq - num_nonnulls(n.chat_event_id))
          from chat.room_log as n
          where n.room_id = p_room_id and n.seq > s.seq
        ),
        chat.newest_seq(p_room_id)
      ) as until_seq
    from (
      select l.seq, g.place - l.place as ahead
      from given as g
      join chat.room_log as l on l.room_id = p_room_id and l.group_id = g.group_id and l.place < g.place
      order by l.seq desc
      limit 1
    ) as s
  )
  select s.seq + s.ahead from stretch as s where s.seq + s.ahead <= s.until_seq
$$;
