-- Keeps what a room got on another server (export_log), in order; returns the last sequence that it has then.
--
-- Each message is one of the room's own here: it names no row of a feed. What is there already is passed over. The room
-- is closed, so nobody hears of it.
create or replace function chat.receive_log(p_room_id integer, p_events jsonb)
returns bigint
language plpgsql
volatile
as $$
declare
  v_known bigint := coalesce((select max(l.seq) from chat.room_log as l where l.room_id = p_room_id), 0);
begin
  perform chat.lock_log();
  with event as (
    insert into chat.chat_event (
      timetag, msgtype, userstatus, username, roomid, commentxt, sportfilter, execfilter, reason, seq, message, filters
    )
    select
      e.timetag, e.msgtype, e.userstatus, e.username, e.roomid, e.commentxt, e.sportfilter, e.execfilter, e.reason,
      e.seq, e.message, e.filters
    from jsonb_populate_recordset(null::chat.chat_event, p_events) as e
    where e.seq > v_known
    order by e.seq
    returning chat_event.chat_event_id, chat_event.seq
  )
  insert into chat.room_log (room_id, seq, chat_event_id, group_id, place)
  select p_room_id, e.seq, e.chat_event_id, g.group_id, g.last_place
  from event as e
  join chat.room as r on r.room_id = p_room_id
  join chat.group_place as g on g.group_id = r.group_id
  order by e.seq;
  return coalesce((select max(l.seq) from chat.room_log as l where l.room_id = p_room_id), 0);
end
$$;
