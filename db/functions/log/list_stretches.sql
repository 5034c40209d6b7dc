-- A room's own messages between two sequences, each with the last sequence of the feed rows that follow it.
--
-- The message before the first sequence is among them. Rows of room_log without a message only tell which feed rows
-- follow. Sequence and place rise together along a stretch, so the row behind it, or the room itself, shows whether one
-- was cut out of the log in between: it is not known where, and no feed rows follow then.
create or replace function chat.list_stretches(p_room_id integer, p_first_seq bigint, p_last_seq bigint)
returns table (
  seq bigint,
  chat_event_id bigint,
  group_id integer,
  place bigint,
  logged_at timestamptz,
  until_seq bigint
)
language sql
stable
as $$
  select
    s.seq, s.chat_event_id, s.group_id, s.place, s.logged_at,
    case
      when s.group_id = s.next_group_id and s.seq - s.place <> s.next_seq_offset then s.seq
      else least(s.next_seq - num_nonnulls(s.next_event_id), p_last_seq)
    end
  from (
    select
      l.*,
      lead(l.seq) over coming as next_seq,
      lead(l.chat_event_id) over coming as next_event_id,
      coalesce(lead(l.group_id) over coming, r.group_id) as next_group_id,
      coalesce(lead(l.seq - l.place - num_nonnulls(l.chat_event_id)) over coming, r.seq_offset) as next_seq_offset
    from chat.room_log as l
    join chat.room as r on r.room_id = l.room_id
    where l.room_id = p_room_id
      -- One more tells where the feed rows before it end.
      and l.seq <= coalesce(
        (select min(o.seq) from chat.room_log as o where o.room_id = p_room_id and o.seq > p_last_seq), p_last_seq
      )
      and l.seq >= coalesce(
        (select max(o.seq) from chat.room_log as o where o.room_id = p_room_id and o.seq < p_first_seq), 0
      )
    window coming as (order by l.seq)
  ) as s
  where s.seq <= p_last_seq
$$;
