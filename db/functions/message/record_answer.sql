-- A ROOM_STATUS for its receiver alone, recorded as sent; with the room's filters if it is about a room that exists.
--
-- p_seq is only for HISTORY_TRUNCATED: the last message that is gone. p_reason_at is where in a clause the reason is.
create or replace function chat.record_answer(
  p_userstatus text,
  p_username text,
  p_room_id integer,
  p_reason text,
  p_seq bigint default null,
  p_reason_at integer default null
)
returns bytea
language sql
volatile
as $$
  insert into chat.chat_event (msgtype, userstatus, username, roomid, sportfilter, execfilter, filters, reason, message)
  select
    chat.msgtype('ROOM_STATUS'), p_userstatus, p_username, p_room_id, e.sportfilter, e.execfilter, e.filters,
    p_reason,
    chat.encode_status(p_userstatus, p_username, p_room_id, w.feed_ids, w.clauses, p_seq, p_reason, p_reason_at)
  from chat.clauses_in_force(p_room_id) as w
  cross join lateral chat.event_filters(w.feed_ids, w.clauses) as e
  returning message
$$;
