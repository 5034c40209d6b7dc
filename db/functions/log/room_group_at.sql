-- Which group a room was in after one of its messages, if the log goes back that far.
--
-- A place in the group plus seq_offset is a sequence of the room.
create or replace function chat.room_group_at(
  p_room_id integer,
  p_seq bigint,
  out group_id integer,
  out seq_offset bigint
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select l.group_id, l.seq - l.place
  from chat.room_log as l
  where l.room_id = p_room_id and l.seq <= p_seq
  order by l.seq desc
  limit 1
$$;
