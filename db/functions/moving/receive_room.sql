-- Makes a room that comes from another server, closed and with nothing in it; called again it changes nothing.
create or replace function chat.receive_room(p_room_id integer)
returns void
language plpgsql
volatile
as $$
declare
  v_feed_ids integer[] := (
    select array_agg(f.feed_id::integer order by f.feed_id) from chat.feed as f where f.default_clause = 'NONE'
  );
  v_group_id integer;
begin
  perform chat.lock_log();
  if exists (select from chat.room as r where r.room_id = p_room_id) then
    return;
  end if;
  v_group_id := chat.obtain_group(
    (select array_agg(chat.trivial_filter(i, true) order by i) from unnest(v_feed_ids) as i)
  );
  insert into chat.room (room_id, max_users, is_open, group_id, seq_offset)
  select p_room_id, 1, false, g.group_id, -g.last_place from chat.group_place as g where g.group_id = v_group_id;
  perform chat.add_rooms(v_group_id, 1);
  perform chat.fill_feeds(p_room_id, v_feed_ids);
end
$$;
