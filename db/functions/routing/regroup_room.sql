-- Puts a room into the group of its filters in force. Its sequences go on, in step with the new group's places.
--
-- The caller holds the log's lock, and logs a message of the room right after, in the same transaction: its row in
-- room_log is what tells gateways, and readers of the log, which group's places follow. Without it the feed rows that
-- come next would be read from the old group.
create or replace function chat.regroup_room(p_room_id integer)
returns void
language plpgsql
volatile
as $$
declare
  v_seq bigint := chat.newest_seq(p_room_id);
  v_new_id integer := chat.obtain_group(chat.filters_in_force(p_room_id));
  v_room record;
begin
  select r.group_id, r.live_until > clock_timestamp() as is_live, g.live_until < clock_timestamp() as was_cold
  into v_room
  from chat.room as r
  join chat.room_group as g on g.group_id = r.group_id
  where r.room_id = p_room_id;
  if v_new_id = v_room.group_id then
    return;
  end if;
  -- Before the room is in the new group: the room has missed nothing while that group was cold.
  if v_room.is_live then
    perform chat.wake_group(v_new_id);
  end if;
  update chat.room as r
  set
    group_id = v_new_id,
    seq_offset = v_seq - (select g.last_place from chat.group_place as g where g.group_id = v_new_id),
    log_from = case when v_room.was_cold then v_seq + 1 else r.log_from end
  where r.room_id = p_room_id;
  perform chat.update_group_life(v_room.group_id, -1), chat.update_group_life(v_new_id, 1);
end
$$;
