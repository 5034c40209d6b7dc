-- Lets people into a room again that close_room closed. Raises RM402, RM602 and RM604.
create or replace function chat.open_room(p_room integer, p_reason text default null)
returns text
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select chat.moderate('open', p_room, null, null, null, p_reason)
$$;
