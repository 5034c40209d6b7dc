-- Takes the log's lock for a change of partitions. Raises 55P03 rather than have anybody wait for long.
--
-- While it waits for the log's lock nobody waits for it. With that lock no rows of feeds are being inserted, so that
-- only readers can be in the way of what follows; whoever comes behind it waits for as long as it does.
create or replace function chat.lock_log_briefly()
returns void
language plpgsql
volatile
as $$
begin
  -- Less than deadlock_timeout: if somebody with that lock waits for us, it is us who give up.
  perform set_config('lock_timeout', '500ms', true);
  perform chat.lock_log();
  perform set_config('lock_timeout', '20ms', true);
end
$$;
