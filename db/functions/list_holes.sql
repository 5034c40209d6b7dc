-- What of a room's messages between two sequences is not in the log any more: holes, by their first and last
-- sequence.
--
-- Nothing of ours cuts logs; an operator's hand may have, and so does a restored dump (db/restored.sql).
create or replace function chat.list_holes(p_room_id integer, p_first_seq bigint, p_last_seq bigint)
returns table (first_seq bigint, last_seq bigint)
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with stretch as materialized (
    select s.* from chat.list_stretches(p_room_id, p_first_seq, p_last_seq) as s
  ),
  -- What is there: messages of the room, and feed rows by the batches that they came in.
  kept as (
    select s.seq as first_seq, s.seq as last_seq from stretch as s where s.chat_event_id is not null
    union all
    select
      s.seq - s.place + greatest(l.first_place, s.place + 1),
      s.seq - s.place + least(l.last_place, s.place + s.until_seq - s.seq)
    from stretch as s
    join chat.group_log as l
      on l.group_id = s.group_id
      and l.first_place <= s.place + s.until_seq - s.seq
      and l.last_place > s.place
      and l.first_place >= coalesce(
        (
          select max(o.first_place)
          from chat.group_log as o
          where o.group_id = s.group_id and o.first_place <= greatest(s.place + 1, s.place + p_first_seq - s.seq)
        ),
        0
      )
    where s.until_seq > s.seq and exists (select from chat.feed_batch as b where b.batch_id = l.batch_id)
    union all
    -- What stands behind the last message asked for.
    select p_last_seq + 1, p_last_seq + 1
  ),
  followed as (
    select
      greatest(coalesce(max(k.last_seq) over before, 0), p_first_seq - 1) + 1 as expected_seq,
      k.first_seq
    from kept as k
    window before as (order by k.first_seq rows between unbounded preceding and 1 preceding)
  )
  select f.expected_seq, f.first_seq - 1 from followed as f where f.first_seq > f.expected_seq
$$;
