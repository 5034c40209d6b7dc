-- Has nobody change a room's filter until unlock_filter. Returns in words what was done; raises RM402 and RM604.
create or replace function chat.lock_filter(p_room integer, p_reason text default null)
returns text
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select chat.moderate('lock', p_room, null, null, null, p_reason)
$$;
