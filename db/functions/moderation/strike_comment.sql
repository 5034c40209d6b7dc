-- Takes a comment's text out of everything that is read of a room's past; returns its author.
--
-- In its place stands a message with its seq that says so. Raises RM603 if there is no such comment. The caller holds
-- the log's lock.
create or replace function chat.strike_comment(p_room integer, p_seq bigint, p_reason text)
returns text
language plpgsql
volatile
as $$
declare
  v_logged record;
  v_event chat.chat_event;
  v_reason text := concat_ws(': ', 'a moderator removed this comment', p_reason);
  v_complaint text;
begin
  select l.row_id, l.feed_id
  into v_logged
  from chat.list_logged_rows(p_room, p_seq - 1, p_seq, 1) as l
  where l.seq = p_seq;
  select e.* into v_event from chat.chat_event as e where e.chat_event_id = v_logged.row_id;
  v_complaint := case
    when p_seq is null then 'which comment is to be removed is not said'
    when v_logged.feed_id is not null then format('message %s of room %s is a row of a feed', p_seq, p_room)
    when v_event.chat_event_id is not null and v_event.userstatus = 'OMITTED_REMOVED' then
      format('comment %s of room %s was removed before', p_seq, p_room)
    when v_event.chat_event_id is not null and v_event.msgtype <> chat.msgtype('COMMENT') then
      format('message %s of room %s is a ROOM_STATUS %s', p_seq, p_room, v_event.userstatus)
    when v_event.chat_event_id is null and p_seq between 1 and chat.newest_seq(p_room) then
      format('message %s of room %s is gone, with its text', p_seq, p_room)
    when v_event.chat_event_id is null then format('room %s has no message %s', p_room, p_seq)
  end;
  if v_complaint is not null then
    raise exception '%', v_complaint
      using
        errcode = 'RM603',
        hint = format('give the seq of a comment; the newest message is %s', chat.newest_seq(p_room));
  end if;
  update chat.chat_event as e
  set
    userstatus = 'OMITTED_REMOVED',
    commentxt = null,
    reason = v_reason,
    message = chat.encode_chatmessage(
      'ROOM_STATUS', e.username, p_room, p_seq, p_userstatus => 'OMITTED_REMOVED', p_reason => v_reason
    )
  where e.chat_event_id = v_event.chat_event_id;
  return v_event.username;
end
$$;
