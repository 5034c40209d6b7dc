-- A member's request to set the filters of their room; both are applied or neither. SAME keeps one.
--
-- Returns the sequence of the FILTERAPPLIED that the room gets, from which on the filters hold, or the refusal for the
-- sender. Raises lock_not_available if somebody is reading the room's view: try again.
create or replace function chat.set_room_filters(
  p_gateway_id integer,
  p_username text,
  p_sport_filter text,
  p_execution_filter text,
  out seq bigint,
  out refusal bytea
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room_id integer;
  v_reasons text;
  v_feed_ids integer[];
  v_clauses text[];
  v_filter_ids integer[];
begin
  select m.room_id into v_room_id from chat.member as m where m.username = p_username and m.gateway_id = p_gateway_id;
  if v_room_id is null then
    return;
  end if;

  -- Judged once: what is applied is what was judged, even if the verdict is forgotten or the rules change meanwhile.
  with verdict as materialized (
    select w.feed_id, w.clause, f.name, v.filter_id, v.reason
    from (values (1, p_sport_filter), (2, p_execution_filter)) as w(feed_id, clause)
    join chat.feed as f on f.feed_id = w.feed_id
    cross join lateral chat.judge_clause(w.feed_id, w.clause) as v
    where upper(btrim(w.clause)) <> 'SAME'
  )
  select
    string_agg(v.name || ' filter: ' || v.reason, '; ' order by v.feed_id),
    array_agg(v.feed_id),
    array_agg(v.clause),
    array_agg(v.filter_id)
  into v_reasons, v_feed_ids, v_clauses, v_filter_ids
  from verdict as v;

  if v_reasons is not null then
    perform chat.forget_verdicts();
    refusal := chat.record_refusal(
      'REJECTED_BADFILTER', v_reasons, chat.msgtype('FILTER'), p_username, v_room_id, null,
      array[1, 2], array[p_sport_filter, p_execution_filter]
    );
    return;
  end if;

  insert into chat.chat_event (msgtype, username, roomid, sportfilter, execfilter)
  values (chat.msgtype('FILTER'), p_username, v_room_id, p_sport_filter, p_execution_filter);
  perform chat.replace_room_view(v_room_id, w.feed_id, w.filter_id)
  from unnest(v_feed_ids, v_filter_ids) as w(feed_id, filter_id);

  perform chat.lock_log();
  perform chat.apply_room_filter(v_room_id, w.feed_id, w.filter_id, w.clause, p_username)
  from unnest(v_feed_ids, v_filter_ids, v_clauses) as w(feed_id, filter_id, clause);
  perform chat.regroup_room(v_room_id);
  perform chat.refresh_stale_routers();
  seq := chat.log_status('FILTERAPPLIED', p_username, v_room_id, null);
  perform chat.forget_verdicts();
end
$$;
