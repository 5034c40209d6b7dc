-- Lets members change a room's filter again. Raises RM402, RM602 and RM604.
create or replace function chat.unlock_filter(p_room integer, p_reason text default null)
returns text
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select chat.moderate('unlock', p_room, null, null, null, p_reason)
$$;
