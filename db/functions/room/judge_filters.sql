-- What comes of a member's request to set filters of their room, but for setting them: the filters, the refusal for the
-- sender, or the guards to prepare first (judge_request). No room_id for who is no member.
--
-- What is applied is what was judged, even if the verdict is forgotten or the rules change meanwhile.
create or replace function chat.judge_filters(
  p_gateway_id integer,
  p_username text,
  p_feed_ids integer[],
  p_clauses text[],
  p_prepared text[],
  out room_id integer,
  out filter_ids integer[],
  out refusal bytea,
  out guards text[]
)
language plpgsql
volatile
as $$
declare
  v_lock record;
  v_verdict record;
begin
  select m.room_id into room_id from chat.member as m where m.username = p_username and m.gateway_id = p_gateway_id;
  if room_id is null then
    return;
  end if;
  v_lock := chat.find_measure('lock', room_id, null);
  if v_lock.until is not null then
    refusal := chat.record_refusal(
      'REJECTED_BADFILTER', concat_ws(': ', 'the filter of this room is locked by a moderator', v_lock.reason),
      chat.msgtype('FILTER'), p_username, room_id, null, p_feed_ids, p_clauses
    );
    return;
  end if;
  select v.filter_ids, v.reasons, v.place, v.guards
  into v_verdict
  from chat.judge_request(p_feed_ids, p_clauses, p_prepared) as v;
  guards := v_verdict.guards;
  if guards is null and v_verdict.reasons is not null then
    refusal := chat.record_refusal(
      'REJECTED_BADFILTER', v_verdict.reasons, chat.msgtype('FILTER'), p_username, room_id, null, p_feed_ids,
      p_clauses, v_verdict.place
    );
  elsif guards is null then
    filter_ids := coalesce(v_verdict.filter_ids, '{}');
  end if;
end
$$;
