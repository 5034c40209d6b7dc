-- ROOM_STATUSes for everybody in these rooms, one each: recorded, put in the rooms' logs, and announced. Returns their
-- sequences, in the order of the rooms.
--
-- The caller holds the log's lock, and has changed members and filters first: the messages show them as they then are.
-- p_moderation is what encode_moderation wrote, of what a moderator did.
create or replace function chat.log_statuses(
  p_userstatus text,
  p_usernames text[],
  p_room_ids integer[],
  p_reasons text[],
  p_moderation bytea default ''
)
returns bigint[]
language plpgsql
volatile
set plan_cache_mode = force_generic_plan
as $$
declare
  v_seqs bigint[];
begin
  with status as materialized (
    select w.*, u.username, u.room_id, u.reason
    from chat.write_statuses(
      array_fill(p_userstatus, array[cardinality(p_room_ids)]), p_usernames, p_room_ids, p_reasons,
      array_fill(true, array[cardinality(p_room_ids)]), null, p_moderation
    ) as w
    join unnest(p_usernames, p_room_ids, p_reasons) with ordinality as u(username, room_id, reason, place)
      on u.place = w.number
  ),
  recorded as (
    insert into chat.chat_event (
      msgtype, userstatus, username, roomid, sportfilter, execfilter, filters, reason, seq, message
    )
    select
      chat.msgtype('ROOM_STATUS'), p_userstatus, s.username, s.room_id, s.sportfilter, s.execfilter, s.filters,
      s.reason, s.seq, s.message
    from status as s
    order by s.number
    returning chat_event.chat_event_id, chat_event.roomid as room_id, chat_event.seq, chat_event.message
  ),
  logged as (
    select chat.log_messages(r.room_id, array[r.seq], array[r.chat_event_id], array[r.message]) from recorded as r
  )
  select array_agg(s.seq order by s.number)
  into v_seqs
  from status as s
  -- Nothing is logged that nobody counts.
  cross join (select count(*) from logged) as l(rooms);
  return v_seqs;
end
$$;
