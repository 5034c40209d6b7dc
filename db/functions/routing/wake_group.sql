-- Has feed rows logged again for a group that went cold. Its rooms can be resumed only from here on.
--
-- To be called before the group gets a live room; the caller holds the log's lock.
create or replace function chat.wake_group(p_group_id integer)
returns void
language plpgsql
volatile
as $$
begin
  update chat.room as r
  set log_from = r.seq_offset + g.last_place + 1
  from chat.group_place as g
  join chat.room_group as o on o.group_id = g.group_id
  where g.group_id = p_group_id and o.live_until < clock_timestamp() and r.group_id = g.group_id;

  update chat.room_group as g set is_routed = true where g.group_id = p_group_id and not g.is_routed;
  if found then
    insert into chat.room_group_filter (filter_id, group_id)
    select i, p_group_id
    from unnest((select g.filter_ids from chat.room_group as g where g.group_id = p_group_id)) as i;
    perform chat.route_filter(i)
    from unnest((select g.filter_ids from chat.room_group as g where g.group_id = p_group_id)) as i;
  end if;
end
$$;
