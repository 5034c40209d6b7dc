-- Records requests to join with their answers, in order, and tells the rooms who came in; one row per request.
--
-- p_asked are the names as they were sent, p_usernames as the rooms know them. A request without a userstatus is not
-- answered and not recorded. The caller holds the log's lock.
create or replace function chat.answer_joins(
  p_asked text[],
  p_usernames text[],
  p_room_ids integer[],
  p_userstatuses text[],
  p_reasons text[],
  p_are_entering boolean[]
)
returns table (number integer, userstatus text, username text, is_entering boolean, seq bigint, message bytea)
language plpgsql
volatile
as $$
begin
  return query
  with answer as materialized (
    select w.*, q.asked, q.username, q.room_id, q.userstatus, q.reason, q.is_entering
    from chat.write_statuses(
      p_userstatuses, p_usernames, p_room_ids, p_reasons, p_are_entering, false
    ) as w
    join unnest(p_asked, p_usernames, p_room_ids, p_userstatuses, p_reasons, p_are_entering)
      with ordinality as q(asked, username, room_id, userstatus, reason, is_entering, place) on q.place = w.number
  ),
  recorded as (
    insert into chat.chat_event (
      msgtype, userstatus, username, roomid, sportfilter, execfilter, filters, reason, seq, message
    )
    select
      e.msgtype, e.userstatus, e.username, e.room_id, e.sportfilter, e.execfilter, e.filters, e.reason, e.seq,
      e.message
    from (
      select a.number, chat.msgtype('JOIN_REQ') as msgtype, null as userstatus, a.asked as username, a.room_id,
        null as sportfilter, null as execfilter, null::jsonb as filters, null as reason, null::bigint as seq,
        null::bytea as message
      from answer as a
      union all
      select a.number, chat.msgtype('ROOM_STATUS'), a.userstatus, a.username, a.room_id, a.sportfilter, a.execfilter,
        a.filters, a.reason, case when a.is_entering then a.seq end, a.message
      from answer as a
    ) as e
    order by e.number, e.msgtype = chat.msgtype('ROOM_STATUS')
    returning chat_event.chat_event_id, chat_event.roomid as room_id, chat_event.seq, chat_event.message
  ),
  logged as (
    select chat.log_messages(
      r.room_id, array_agg(r.seq order by r.seq), array_agg(r.chat_event_id order by r.seq),
      array_agg(r.message order by r.seq)
    )
    from recorded as r
    where r.seq is not null
    group by r.room_id
  )
  select q.place::integer, a.userstatus, a.username, a.is_entering, a.seq, a.message
  from unnest(p_userstatuses) with ordinality as q(userstatus, place)
  left join answer as a on a.number = q.place
  -- Nothing is logged that nobody counts.
  cross join (select count(*) from logged) as l(rooms);
end
$$;
