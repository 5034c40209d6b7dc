-- Notes of the rooms of a group that went cold that they can be resumed only from here on: nothing was logged for them.
--
-- To be called before the group gets a live room again; the caller holds the log's lock.
create or replace function chat.wake_group(p_group_id integer)
returns void
language sql
volatile
as $$
  update chat.room as r
  set log_from = r.seq_offset + g.last_place + 1
  from chat.room_group as g
  where g.group_id = p_group_id and g.live_until < clock_timestamp() and r.group_id = g.group_id
$$;
