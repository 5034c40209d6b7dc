-- The channel on which a room's gateways hear what the room got.
--
-- With the cast, which is immutable as `||` for any type is not, Postgres inlines it.
create or replace function chat.room_channel(p_room_id integer)
returns text
language sql
immutable
parallel safe
as $$
  select 'chat_room_' || p_room_id::text
$$;
