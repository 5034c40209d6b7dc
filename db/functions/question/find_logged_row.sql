-- The feed row that a room got as one of its messages. Raises RM403 and says what the message is instead.
create or replace function chat.find_logged_row(p_room_id integer, p_seq bigint, out feed_id integer, out row_id bigint)
language plpgsql
stable
as $$
declare
  v_logged record;
begin
  select l.feed_id, l.row_id
  into v_logged
  from chat.list_logged_rows(p_room_id, p_seq - 1, p_seq, 1) as l
  where l.seq = p_seq;
  if not found then
    raise exception 'the room has no message % in its log', p_seq
      using errcode = 'RM403', hint = 'its newest is ' || chat.newest_seq(p_room_id);
  elsif v_logged.feed_id is null then
    raise exception 'message % is no feed row but %', p_seq,
      (
        select coalesce('a ROOM_STATUS ' || e.userstatus, 'a comment')
        from (select v_logged.row_id) as l(chat_event_id)
        left join chat.chat_event as e on e.chat_event_id = l.chat_event_id
      )
      using errcode = 'RM403', hint = 'ask for one that is an EVENT, EXECUTION or FEED';
  end if;
  feed_id := v_logged.feed_id;
  row_id := v_logged.row_id;
end
$$;
