-- Ends what set_slow_mode began. Raises RM402, RM602 and RM604.
create or replace function chat.end_slow_mode(p_room integer, p_reason text default null)
returns text
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select chat.moderate('unslow', p_room, null, null, null, p_reason)
$$;
