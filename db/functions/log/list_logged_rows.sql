-- What a room got after one sequence and up to another, one row per message, at most p_limit of them.
--
-- feed_id is null for a message of the room itself, a chat_event; group_id and place then tell which feed rows follow.
create or replace function chat.list_logged_rows(
  p_room_id integer,
  p_after_seq bigint,
  p_up_to_seq bigint,
  p_limit integer
)
returns table (
  seq bigint,
  feed_id smallint,
  row_id bigint,
  logged_at timestamptz,
  group_id integer,
  place bigint
)
language sql
stable
as $$
  with bound as materialized (
    select
      p_after_seq + 1 as first_seq,
      least(p_up_to_seq, p_after_seq + p_limit, chat.newest_seq(p_room_id)) as last_seq
  ),
  stretch as materialized (
    select s.*, b.first_seq, b.last_seq
    from bound as b
    cross join lateral chat.list_stretches(p_room_id, b.first_seq, b.last_seq) as s
  ),
  -- The places of the feed rows that are asked for.
  section as (
    select
      s.group_id,
      s.seq - s.place as seq_offset,
      greatest(s.seq + 1, s.first_seq) - s.seq + s.place as first_place,
      least(s.until_seq, s.last_seq) - s.seq + s.place as last_place
    from stretch as s
    where greatest(s.seq + 1, s.first_seq) <= least(s.until_seq, s.last_seq)
  )
  select s.seq, null::smallint, s.chat_event_id, s.logged_at, s.group_id, s.place
  from stretch as s
  where s.chat_event_id is not null and s.seq >= s.first_seq
  union all
  select s.seq_offset + l.first_place + m.number - 1, t.feed_id, m.row_id, t.logged_at, null, null
  from section as s
  -- offset: one section after the other, by the indexes. The planner thinks that they hold most of the log, and would
  -- begin with all batches that there ever were.
  cross join lateral (
    select g.* from chat.group_log as g
    where g.group_id = s.group_id and g.first_place <= s.last_place
      -- The entry that holds the first place bounds what the index reads; later ones start behind it.
      and g.first_place >= coalesce(
        (select max(o.first_place) from chat.group_log as o
          where o.group_id = s.group_id and o.first_place <= s.first_place), 0
      )
    offset 0
  ) as l
  cross join lateral (select b.* from chat.feed_batch as b where b.batch_id = l.batch_id offset 0) as t
  cross join lateral chat.list_marked_rows(t.row_ids, l.bits) as m
  where l.first_place + m.number - 1 between s.first_place and s.last_place
$$;
