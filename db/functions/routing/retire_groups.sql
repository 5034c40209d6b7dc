-- Takes groups that went cold out of what routing looks at, and filters that only these had.
--
-- The caller holds the log's lock, and then brings the routers up to date.
create or replace function chat.retire_groups()
returns void
language plpgsql
volatile
as $$
declare
  v_filter_ids integer[];
begin
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
  if v_filter_ids is not null then
    perform chat.unroute_filters(v_filter_ids);
  end if;
end
$$;
