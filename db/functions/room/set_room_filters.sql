-- A member's request to set filters of their room, one clause per feed; all are applied or none. SAME keeps one.
--
-- Returns the sequence of the FILTERAPPLIED that the room gets, from which on the filters hold; or the refusal for the
-- sender; or the guards that the caller must prepare, by p_feed_ids and null where none is needed, before it asks again
-- with those that it has prepared. All nulls for who is no member. Raises lock_not_available if somebody is reading the
-- room's view: try again.
create or replace function chat.set_room_filters(
  p_gateway_id integer,
  p_username text,
  p_feed_ids integer[],
  p_clauses text[],
  p_prepared text[] default '{}',
  out seq bigint,
  out refusal bytea,
  out guards text[]
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
  v_room_id integer;
  v_lock record;
  v_verdict record;
begin
  select m.room_id into v_room_id from chat.member as m where m.username = p_username and m.gateway_id = p_gateway_id;
  if v_room_id is null then
    return;
  end if;
  v_lock := chat.find_measure('lock', v_room_id, null);
  if v_lock.until is not null then
    refusal := chat.record_refusal(
      'REJECTED_BADFILTER', concat_ws(': ', 'the filter of this room is locked by a moderator', v_lock.reason),
      chat.msgtype('FILTER'), p_username, v_room_id, null, p_feed_ids, p_clauses
    );
    return;
  end if;
  -- Judged once: what is applied is what was judged, even if the verdict is forgotten or the rules change meanwhile.
  select v.filter_ids, v.reasons, v.place, v.guards
  into v_verdict
  from chat.judge_request(p_feed_ids, p_clauses, p_prepared) as v;
  -- Before the log is locked; what was judged just now stays.
  perform chat.forget_verdicts(v_verdict.filter_ids);
  if v_verdict.guards is not null then
    guards := v_verdict.guards;
  elsif v_verdict.reasons is not null then
    refusal := chat.record_refusal(
      'REJECTED_BADFILTER', v_verdict.reasons, chat.msgtype('FILTER'), p_username, v_room_id, null, p_feed_ids,
      p_clauses, v_verdict.place
    );
  else
    seq := chat.apply_room_filters(v_room_id, p_username, p_feed_ids, p_clauses, v_verdict.filter_ids);
  end if;
end
$$;
