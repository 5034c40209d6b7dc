-- Puts accepted clauses in force in a room and tells it; the sequence of its FILTERAPPLIED. A filter is null for SAME.
--
-- The message warns of clauses that can never be true. The feeds wait from the lock on, so what can be is done before.
create or replace function chat.apply_room_filters(
  p_room_id integer,
  p_username text,
  p_feed_ids integer[],
  p_clauses text[],
  p_filter_ids integer[]
)
returns bigint
language plpgsql
volatile
as $$
declare
  v_warnings text := (
    select string_agg(e.name || ' filter: ' || f.warning, '; ' order by e.feed_id)
    from unnest(p_filter_ids) as w(filter_id)
    join chat.filter as f on f.filter_id = w.filter_id
    join chat.feed as e on e.feed_id = f.feed_id
  );
begin
  insert into chat.chat_event (msgtype, username, roomid, sportfilter, execfilter, filters)
  select chat.msgtype('FILTER'), p_username, p_room_id, e.sportfilter, e.execfilter, e.filters
  from chat.event_filters(p_feed_ids, p_clauses) as e;
  perform chat.replace_room_view(p_room_id, w.feed_id, w.filter_id)
  from unnest(p_feed_ids, p_filter_ids) as w(feed_id, filter_id)
  where w.filter_id is not null;

  perform chat.lock_log();
  perform chat.apply_room_filter(p_room_id, w.feed_id, w.filter_id, w.clause, p_username)
  from unnest(p_feed_ids, p_filter_ids, p_clauses) as w(feed_id, filter_id, clause)
  where w.filter_id is not null;
  perform chat.regroup_room(p_room_id);
  perform chat.refresh_stale_routers(16);
  return chat.log_status('FILTERAPPLIED', p_username, p_room_id, v_warnings);
end
$$;
