-- Takes groups that went cold out of what routing looks at, so that they cost nothing. To be done every second or so.
create or replace function chat.retire_cold_groups()
returns void
language plpgsql
volatile
as $$
begin
  if not exists (select from chat.room_group as g where g.is_routed and g.live_until < clock_timestamp()) then
    return;
  end if;
  perform chat.lock_log();
  with retired as (
    update chat.room_group as g
    set is_routed = false
    where g.is_routed and g.live_until < clock_timestamp()
    returning g.group_id
  )
  delete from chat.room_group_filter as f using retired as r where f.group_id = r.group_id;
  perform chat.refresh_stale_routers();
end
$$;
