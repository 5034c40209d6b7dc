-- Lets somebody in again to a room, or to all rooms and each if it is null. Raises RM402, RM602 and RM604.
create or replace function chat.unban_member(p_name text, p_room integer default null, p_reason text default null)
returns text
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select chat.moderate('unban', p_room, p_name, null, null, p_reason)
$$;
