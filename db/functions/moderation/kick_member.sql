-- Has somebody leave a room; they may come back. Returns in words what was done; raises RM402, RM601 and RM604.
create or replace function chat.kick_member(p_room integer, p_name text, p_reason text default null)
returns text
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select chat.moderate('kick', p_room, p_name, null, null, p_reason)
$$;
