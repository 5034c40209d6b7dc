-- Whether this session is now the one bridge that writes; it stays so until the session ends.
create or replace function chat.try_bridge_lock()
returns boolean
language sql
volatile
as $$
  select pg_try_advisory_lock(4244, 0)
$$;
