-- This server's open rooms as a ROOM_STATUS names them, for gateways to put together what there is on all servers.
create or replace function chat.tell_rooms()
returns table (room_id integer, status bytea)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.room_id, s.status from chat.list_room_states(null) as s order by s.room_id
$$;
