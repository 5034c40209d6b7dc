-- Whether this session is now the one bridge that writes; it stays so until the session ends.
create or replace function chat.try_bridge_lock()
returns boolean
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select pg_try_advisory_lock(chat.lock_class('bridge'), 0)
$$;
