-- A room's own messages between two sequences, each with the last sequence of the feed rows that follow it.
--
-- The message before the first sequence is among them. Rows of room_log without a message only tell which feed rows
-- follow. Where a message is not in the log any more, the feed rows before it end before its sequence.
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
    coalesce(
      least(
        s.next_seq - num_nonnulls(s.next_event_id),
        case when s.next_group_id = s.group_id then s.seq + s.next_place - s.place end
      ),
      p_last_seq
    )
  from (
    select
      l.*,
      lead(l.seq) over coming as next_seq,
      lead(l.chat_event_id) over coming as next_event_id,
      lead(l.group_id) over coming as next_group_id,
      lead(l.place) over coming as next_place
    from chat.room_log as l
    where l.room_id = p_room_id
      -- One more: if no feed rows stand between, it tells where those before it end.
      and l.seq <= p_last_seq + 1
      and l.seq >= coalesce(
        (select max(o.seq) from chat.room_log as o where o.room_id = p_room_id and o.seq < p_first_seq), 0
      )
    window coming as (order by l.seq)
  ) as s
  where s.seq <= p_last_seq
$$;
