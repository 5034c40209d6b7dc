-- Tries to make this session the one bridge that writes, which it then stays until it ends; whether that worked.
create or replace function chat.try_bridge_lock()
returns boolean
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select pg_try_advisory_lock(chat.lock_class('bridge'), 0)
$$;
