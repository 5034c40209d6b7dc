-- Whether a room, open or not, belongs to this server.
create or replace function chat.holds_room(p_room_id integer)
returns boolean
language sql
stable
as $$
  select exists (select from chat.server as s where s.name is null)
    or exists (select from chat.slot as s where s.slot = chat.slot_of(p_room_id))
$$;
