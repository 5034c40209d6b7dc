-- Takes one comment per so much time and person in a room, until end_slow_mode. Raises RM402 and RM604.
create or replace function chat.set_slow_mode(p_room integer, p_between interval, p_reason text default null)
returns text
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select chat.moderate('slow', p_room, null, null, p_between, p_reason)
$$;
