-- Asks that a room's feed rows always be announced on its channel, for a program that LISTENs there; false: no more.
--
-- Until then they are announced while a batch reaches few rooms (setting.max_announced_rooms) and the room is live.
-- From here on the room is live without members, too, or an empty one would be silent. Returns its newest sequence:
-- whoever LISTENs already hears of all that is behind it. Raises RM402 if there is no such room.
create or replace function chat.announce_room(p_room integer, p_announced boolean default true)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform chat.require_room(p_room);
  perform chat.lock_log();
  update chat.room as r set is_announced = p_announced where r.room_id = p_room and r.is_announced <> p_announced;
  if p_announced then
    perform chat.wake_room(p_room);
  else
    perform chat.rest_room(p_room);
  end if;
  return chat.newest_seq(p_room);
end
$$;
