-- Puts a room into the group of its present filters. Its sequences go on, in step with the new group's places.
--
-- The caller holds the log's lock and logs a message of the room right after: that tells gateways and the log.
create or replace function chat.regroup_room(p_room_id integer)
returns void
language plpgsql
volatile
as $$
declare
  v_old_id integer := (select r.group_id from chat.room as r where r.room_id = p_room_id);
  v_new_id integer := chat.find_group(chat.present_filters(p_room_id));
begin
  if v_new_id = v_old_id then
    return;
  end if;
  -- Before the room is in it: the room itself has missed nothing.
  perform chat.wake_group(v_new_id);
  update chat.room as r
  set
    group_id = v_new_id,
    seq_offset = chat.newest_seq(p_room_id)
      - (select g.last_place from chat.room_group as g where g.group_id = v_new_id)
  where r.room_id = p_room_id;
  perform chat.update_group_life(i) from unnest(array[v_old_id, v_new_id]) as i;
end
$$;
