-- Has a room live for as long as there is a reason, and its feed rows logged and routed from here on.
--
-- The caller holds the log's lock.
create or replace function chat.wake_room(p_room_id integer)
returns void
language plpgsql
volatile
as $$
declare
  v_group_id integer := (select r.group_id from chat.room as r where r.room_id = p_room_id);
begin
  perform chat.wake_groups(array[v_group_id]);
  update chat.room as r set live_until = 'infinity' where r.room_id = p_room_id and r.live_until <> 'infinity';
  if found then
    perform chat.update_group_lives(array[v_group_id], array[0]);
  end if;
  perform chat.refresh_router(f.feed_id)
  from chat.room_filter as f
  join chat.router as t on t.feed_id = f.feed_id
  join chat.routed_filter as d on d.filter_id = f.filter_id and not d.is_indexed
  where f.room_id = p_room_id
    and f.state = 'in force'
    and f.filter_id <> all (t.filter_ids);
end
$$;
