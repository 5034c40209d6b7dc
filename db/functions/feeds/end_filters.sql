-- Takes a feed's filters from the rooms that have one, and tells these. The caller holds the log's lock.
create or replace function chat.end_filters(p_feed_id integer, p_reason text)
returns void
language plpgsql
volatile
as $$
declare
  v_room_ids integer[];
begin
  perform chat.drop_room_views(p_feed_id);
  with ended as (
    update chat.room_filter as f
    set state = 'replaced', until_seq = chat.newest_seq(f.room_id) + 1
    where f.feed_id = p_feed_id and f.state <> 'replaced'
    returning f.room_id
  )
  select coalesce(array_agg(e.room_id order by e.room_id), '{}') into v_room_ids from ended as e;
  perform
    chat.regroup_rooms(v_room_ids),
    chat.log_statuses('FILTERAPPLIED', null, v_room_ids, array_fill(p_reason, array[cardinality(v_room_ids)]));
  perform chat.refresh_stale_routers();
end
$$;
