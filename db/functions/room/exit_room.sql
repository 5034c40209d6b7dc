-- Has a member leave their room and tells the room. The caller holds the log's lock.
create or replace function chat.exit_room(p_username text)
returns void
language sql
volatile
as $$
  select chat.exit_rooms(array[p_username])
$$;
