-- Takes groups that went cold out of what routing looks at, so that they cost nothing. To be done every second or so.
create or replace function chat.retire_cold_groups()
returns void
language plpgsql
volatile
as $$
begin
  if chat.has_cold_groups() then
    perform chat.lock_log();
    perform chat.refresh_stale_routers();
  end if;
end
$$;
