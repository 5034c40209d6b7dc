-- Puts rooms into the groups of their filters in force. Their sequences go on, in step with the new groups' places.
--
-- The caller holds the log's lock, and logs a message of each room right after, in the same transaction: its row in
-- room_log is what tells gateways, and readers of the log, which group's places follow. Without it the feed rows that
-- come next would be read from the old group. Like all that FILTERs run under the lock it is planned once for a
-- session, by index: to plan it for the rooms of each call takes longer than to do it.
create or replace function chat.regroup_rooms(p_room_ids integer[])
returns void
language plpgsql
volatile
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v record;
begin
  select
    array_agg(m.room_id) as room_ids, array_agg(m.seq) as seqs,
    array_agg(m.former_id) as former_ids, array_agg(m.group_id) as group_ids,
    array_agg(m.group_id) filter (where m.is_live) as live_ids, array_agg(m.was_cold) as were_cold
  into v
  from (
    select
      r.room_id, r.seq_offset + p.last_place as seq, r.group_id as former_id,
      chat.obtain_group(chat.filters_in_force(r.room_id)) as group_id,
      r.live_until > clock_timestamp() as is_live, g.live_until < clock_timestamp() as was_cold
    from unnest(p_room_ids) as i(room_id)
    join chat.room as r on r.room_id = i.room_id
    join chat.room_group as g on g.group_id = r.group_id
    join chat.group_place as p on p.group_id = r.group_id
    -- offset: the group is obtained once, not once for each use.
    offset 0
  ) as m
  where m.group_id <> m.former_id;
  if v.room_ids is null then
    return;
  end if;
  -- Before the rooms are in the new groups: they have missed nothing while those were cold.
  perform chat.wake_groups(v.live_ids);
  update chat.room as r
  set
    group_id = m.group_id, seq_offset = m.seq - p.last_place,
    log_from = case when m.was_cold then m.seq + 1 else r.log_from end
  from unnest(v.room_ids, v.group_ids, v.seqs, v.were_cold) as m(room_id, group_id, seq, was_cold)
  join chat.group_place as p on p.group_id = m.group_id
  where r.room_id = m.room_id;
  perform chat.update_group_lives(
    v.former_ids || v.group_ids,
    array_fill(-1, array[cardinality(v.former_ids)]) || array_fill(1, array[cardinality(v.group_ids)])
  );
end
$$;
