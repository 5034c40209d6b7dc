-- What has to be done every second or so, whoever does it: every gateway calls it.
create or replace function chat.run_chores()
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform chat.sweep_gateways();
  perform chat.retire_cold_groups();
end
$$;
