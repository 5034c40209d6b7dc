-- The sequence of a room's newest message.
create or replace function chat.newest_seq(p_room_id integer)
returns bigint
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select r.seq_offset + g.last_place
  from chat.room as r
  join chat.group_place as g on g.group_id = r.group_id
  where r.room_id = p_room_id
$$;
