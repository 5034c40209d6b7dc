-- The channel on which a room's gateways hear what the room got.
create or replace function chat.room_channel(p_room_id integer)
returns text
language sql
immutable
parallel safe
as $$
  select 'chat_room_' || p_room_id
$$;
