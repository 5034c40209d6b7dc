-- Puts accepted clauses in force in rooms and tells these; the sequences of their FILTERAPPLIED, in the rooms' order.
--
-- Clause i is of room p_room_ids[p_places[i]] and set by p_usernames[p_places[i]]; its filter is null for SAME. A room
-- comes once. The messages warn of clauses that can never be true. The feeds wait from the lock on, so what can be is
-- done before.
create or replace function chat.apply_room_filters(
  p_room_ids integer[],
  p_usernames text[],
  p_places integer[],
  p_feed_ids integer[],
  p_clauses text[],
  p_filter_ids integer[]
)
returns bigint[]
language plpgsql
volatile
set plan_cache_mode = force_generic_plan
as $$
declare
  v_warnings text[] := array(
    select (
      select string_agg(e.name || ' filter: ' || f.warning, '; ' order by e.feed_id)
      from unnest(p_places, p_filter_ids) as w(place, filter_id)
      join chat.filter as f on f.filter_id = w.filter_id
      join chat.feed as e on e.feed_id = f.feed_id
      where w.place = r.place
    )
    from generate_subscripts(p_room_ids, 1) as r(place)
    order by r.place
  );
  v_set record;
begin
  insert into chat.chat_event (msgtype, username, roomid, sportfilter, execfilter, filters)
  select chat.msgtype('FILTER'), r.username, r.room_id, e.sportfilter, e.execfilter, e.filters
  from unnest(p_room_ids, p_usernames) with ordinality as r(room_id, username, place)
  cross join lateral (
    select array_agg(w.feed_id) as feed_ids, array_agg(w.clause) as clauses
    from unnest(p_places, p_feed_ids, p_clauses) as w(place, feed_id, clause)
    where w.place = r.place
  ) as c
  cross join lateral chat.event_filters(c.feed_ids, c.clauses) as e
  order by r.place;
  select
    array_agg(p_room_ids[w.place]) as room_ids, array_agg(w.feed_id) as feed_ids, array_agg(w.filter_id) as filter_ids,
    array_agg(w.clause) as clauses, array_agg(p_usernames[w.place]) as set_by
  into v_set
  from unnest(p_places, p_feed_ids, p_filter_ids, p_clauses) as w(place, feed_id, filter_id, clause)
  where w.filter_id is not null;

  perform chat.lock_log();
  perform chat.put_filters_in_force(v_set.room_ids, v_set.feed_ids, v_set.filter_ids, v_set.clauses, v_set.set_by);
  perform chat.regroup_rooms(p_room_ids);
  perform chat.refresh_stale_routers(16);
  return chat.log_statuses('FILTERAPPLIED', p_usernames, p_room_ids, v_warnings);
end
$$;
