-- Has everybody leave a room with a message, and nobody in until open_room. Raises RM402 and RM604.
create or replace function chat.close_room(p_room integer, p_message text default null)
returns text
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select chat.moderate('close', p_room, null, null, null, p_message)
$$;
