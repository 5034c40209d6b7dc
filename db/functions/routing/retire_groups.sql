-- Takes groups that went cold out of what routing looks at, and filters that only these had.
--
-- The caller holds the log's lock, and then brings the routers up to date. This is done with each FILTER: the time is
-- read first, and groups are told by name, so that both tables are read by index, however large they are.
create or replace function chat.retire_groups()
returns void
language plpgsql
volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  v_now timestamptz := clock_timestamp();
  v_group_ids integer[];
  v_filter_ids integer[];
begin
  with retired as (
    update chat.room_group as g
    set is_routed = false
    where g.is_routed and g.live_until < v_now
    returning g.group_id
  )
  select array_agg(r.group_id) into v_group_ids from retired as r;
  if v_group_ids is null then
    return;
  end if;
  with retired_filter as (
    delete from chat.room_group_filter as f where f.group_id = any (v_group_ids) returning f.filter_id
  )
  select array_agg(distinct f.filter_id) into v_filter_ids from retired_filter as f;
  if v_filter_ids is not null then
    perform chat.unroute_filters(v_filter_ids);
  end if;
end
$$;
