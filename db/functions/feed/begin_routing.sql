-- Takes the log's lock before rows of a feed are inserted, so that the router that runs after it is up to date.
--
-- For inserts that move no position: advance_position took the lock already, and says so in the setting
-- chat.is_log_locked, to the end of its transaction. Where the setting chat.is_routed is off, as for what is inserted
-- into a view of the original's, rows are stored only, and there is nothing to lock.
create or replace function chat.begin_routing()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform chat.lock_log();
  return null;
end
$$;
