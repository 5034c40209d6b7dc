-- Puts an accepted clause in force in a room, from the room's next message on.
--
-- The caller holds the log's lock; it then puts the room into its group and brings the routers up to date.
create or replace function chat.apply_room_filter(
  p_room_id integer,
  p_feed_id integer,
  p_filter_id integer,
  p_clause text,
  p_set_by text
)
returns void
language plpgsql
volatile
as $$
declare
  v_seq bigint := chat.newest_seq(p_room_id) + 1;
begin
  update chat.room_filter as f
  set state = 'replaced', until_seq = v_seq
  where f.room_id = p_room_id and f.feed_id = p_feed_id and f.state <> 'replaced';
  insert into chat.room_filter (room_id, feed_id, filter_id, clause, set_by, from_seq, from_row_id)
  values (p_room_id, p_feed_id, p_filter_id, p_clause, p_set_by, v_seq, chat.newest_row_id(p_feed_id));
end
$$;
