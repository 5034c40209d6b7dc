-- Has feed rows logged again for groups that went cold. Their rooms can be resumed only from here on.
--
-- To be called before a group gets a live room; the caller holds the log's lock.
create or replace function chat.wake_groups(p_group_ids integer[])
returns void
language plpgsql
volatile
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v_filter_ids integer[];
begin
  update chat.room as r
  set log_from = r.seq_offset + g.last_place + 1
  from chat.group_place as g
  join chat.room_group as o on o.group_id = g.group_id
  where g.group_id = any (p_group_ids) and o.live_until < clock_timestamp() and r.group_id = g.group_id;

  with woken as (
    update chat.room_group as g
    set is_routed = true
    where g.group_id = any (p_group_ids) and not g.is_routed
    returning g.group_id, g.filter_ids
  ),
  found as (
    insert into chat.room_group_filter (filter_id, group_id)
    select i, w.group_id from woken as w cross join unnest(w.filter_ids) as i
    returning filter_id
  )
  select array_agg(distinct f.filter_id) into v_filter_ids from found as f;
  if v_filter_ids is not null then
    perform chat.route_filters(v_filter_ids);
  end if;
end
$$;
