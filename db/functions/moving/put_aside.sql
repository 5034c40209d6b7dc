-- Closes a room, and has its log end where it is: it is put into a group that gets nothing of any feed.
--
-- The group that it was in may live on. The caller holds the log's lock.
create or replace function chat.put_aside(p_room_id integer)
returns void
language plpgsql
volatile
as $$
declare
  v_seq bigint := chat.newest_seq(p_room_id);
  v_former_id integer := (select r.group_id from chat.room as r where r.room_id = p_room_id);
  v_group_id integer := chat.obtain_group(
    (select array_agg(chat.trivial_filter(f.feed_id, false) order by f.feed_id)
     from chat.feed as f where f.default_clause = 'NONE')
  );
begin
  update chat.room as r
  set
    is_open = false, live_until = clock_timestamp(), group_id = v_group_id,
    seq_offset = v_seq - (select g.last_place from chat.group_place as g where g.group_id = v_group_id)
  where r.room_id = p_room_id;
  perform chat.update_group_lives(array[v_former_id], array[-1]), chat.add_rooms(v_group_id, 1);
  perform chat.go_on_from(p_room_id, v_seq);
end
$$;
