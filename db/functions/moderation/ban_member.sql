-- Keeps somebody out of a room, or of all rooms if it is null, for a time, or for ever if that is null.
--
-- Whether they are there or not. Returns in words what was done; raises RM402 and RM604.
create or replace function chat.ban_member(
  p_name text,
  p_room integer default null,
  p_for interval default null,
  p_reason text default null
)
returns text
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select chat.moderate('ban', p_room, p_name, null, p_for, p_reason)
$$;
