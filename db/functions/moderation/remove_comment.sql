-- Takes the text of a comment out of all that is read of it. Returns in words what was done.
--
-- Raises RM402, RM603 and RM604.
create or replace function chat.remove_comment(p_room integer, p_seq bigint, p_reason text default null)
returns text
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select chat.moderate('remove', p_room, null, p_seq, null, p_reason)
$$;
