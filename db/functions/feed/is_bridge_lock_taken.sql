-- Whether any bridge holds the lock that lets it write; for the health check.
create or replace function chat.is_bridge_lock_taken()
returns boolean
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select exists (select from chat.list_lock_holders('bridge'))
$$;
