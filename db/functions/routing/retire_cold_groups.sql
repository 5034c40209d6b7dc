-- Takes groups that went cold out of what routing looks at, so that they cost nothing. To be done every second or so.
create or replace function chat.retire_cold_groups()
returns void
language plpgsql
volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  -- Read once, so that the groups are found by index.
  v_now timestamptz := clock_timestamp();
begin
  if exists (select from chat.room_group as g where g.is_routed and g.live_until < v_now) then
    perform chat.lock_log();
    perform chat.refresh_stale_routers();
  end if;
end
$$;
