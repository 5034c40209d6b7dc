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
  select array_agg(e.room_id order by e.room_id) into v_room_ids from ended as e;
  perform chat.regroup_room(i), chat.log_status('FILTERAPPLIED', null, i, p_reason) from unnest(v_room_ids) as i;
  perform chat.refresh_stale_routers();
end
$$;
