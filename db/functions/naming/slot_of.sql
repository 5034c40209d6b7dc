-- The slot of a room, by which servers have rooms; runtime/server_map.py has the same.
create or replace function chat.slot_of(p_room_id integer)
returns integer
language sql
immutable
parallel safe
as $$
  select p_room_id & 1023
$$;
