-- Puts an accepted clause in force in a room, from the room's next message on. The caller holds the log's lock.
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
  v_seq bigint := (select r.last_seq + 1 from chat.room as r where r.room_id = p_room_id);
begin
  update chat.room_filter as f
  set state = 'replaced', until_seq = v_seq
  where f.room_id = p_room_id and f.feed_id = p_feed_id and f.state <> 'replaced';
  insert into chat.room_filter (room_id, feed_id, filter_id, clause, set_by, from_seq, from_row_id)
  values (p_room_id, p_feed_id, p_filter_id, p_clause, p_set_by, v_seq, chat.newest_row_id(p_feed_id));
  if (select array_agg(f.filter_id order by f.filter_id) from chat.list_routed_filters(p_feed_id) as f)
    is distinct from (select nullif(t.filter_ids, '{}') from chat.router as t where t.feed_id = p_feed_id) then
    perform chat.refresh_router(p_feed_id);
  end if;
end
$$;
