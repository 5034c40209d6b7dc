-- Users up to which a ROOM_STATUS names everybody in a room; of a room with more it says how many there are.
create or replace function chat.most_named_users()
returns integer
language sql
immutable
parallel safe
as $$
  select 64
$$;
