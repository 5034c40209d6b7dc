-- Takes groups that went cold out of what routing looks at, so that they cost nothing. To be done every second or so.
create or replace function chat.retire_cold_groups()
returns void
language plpgsql
volatile
as $$
declare
  v_filter_ids integer[];
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
  ),
  retired_filter as (
    delete from chat.room_group_filter as f using retired as r where f.group_id = r.group_id returning f.filter_id
  )
  select array_agg(distinct f.filter_id) into v_filter_ids from retired_filter as f;
  perform chat.unroute_filters(v_filter_ids);
  perform chat.refresh_stale_routers();
end
$$;
