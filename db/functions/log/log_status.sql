-- A ROOM_STATUS for everybody in a room: recorded, put in the room's log, and announced. Returns its sequence.
--
-- The caller holds the log's lock, and has changed members and filters first: the message shows them as they then are.
-- p_moderation is what encode_moderation wrote, of what a moderator did.
create or replace function chat.log_status(
  p_userstatus text,
  p_username text,
  p_room_id integer,
  p_reason text,
  p_moderation bytea default ''
)
returns bigint
language plpgsql
volatile
as $$
declare
  v_seq bigint := chat.newest_seq(p_room_id) + 1;
  v_event_id bigint;
  v_message bytea;
  v_filters record;
begin
  select w.* into v_filters from chat.clauses_in_force(p_room_id) as w;
  v_message := chat.encode_status(
    p_userstatus, p_username, p_room_id, v_filters.feed_ids, v_filters.clauses, v_seq, p_reason,
    p_moderation => p_moderation
  );

  insert into chat.chat_event (
    msgtype, userstatus, username, roomid, sportfilter, execfilter, filters, reason, seq, message
  )
  select
    chat.msgtype('ROOM_STATUS'), p_userstatus, p_username, p_room_id, e.sportfilter, e.execfilter, e.filters,
    p_reason, v_seq, v_message
  from chat.event_filters(v_filters.feed_ids, v_filters.clauses) as e
  returning chat_event_id into v_event_id;

  perform chat.log_messages(p_room_id, array[v_seq], array[v_event_id], array[v_message]);
  return v_seq;
end
$$;
