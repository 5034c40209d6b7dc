-- The first sequence after one from which on everything that a room got up to another is still in the log.
--
-- Nothing in here cuts logs; an operator's hand may have, from their start.
create or replace function chat.first_kept_seq(p_room_id integer, p_after_seq bigint, p_before_seq bigint)
returns bigint
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  with stretch as materialized (
    select
      l.seq, l.chat_event_id, l.group_id, l.place,
      coalesce(lead(l.seq - num_nonnulls(l.chat_event_id)) over (order by l.seq), p_before_seq - 1) as until_seq
    from chat.room_log as l
    where l.room_id = p_room_id
      and l.seq < p_before_seq
      and l.seq >= coalesce(
        (select max(o.seq) from chat.room_log as o where o.room_id = p_room_id and o.seq <= p_after_seq), 0
      )
  ),
  kept as materialized (
    select
      g.group_id,
      (select min(l.first_place) from chat.group_log as l where l.group_id = g.group_id) as first_place
    from (select distinct s.group_id from stretch as s where s.until_seq > s.seq) as g
  ),
  lost as (
    select least(s.until_seq, s.seq + coalesce(k.first_place - 1 - s.place, s.until_seq - s.seq)) as up_to_seq
    from stretch as s
    join kept as k on k.group_id = s.group_id
    where s.until_seq > s.seq and coalesce(k.first_place - 1 > s.place, true)
    union all
    select coalesce(min(s.seq - num_nonnulls(s.chat_event_id)), p_before_seq - 1)
    from stretch as s
  )
  select least(greatest(p_after_seq, max(l.up_to_seq)) + 1, p_before_seq) from lost as l
$$;
