-- Has members leave their rooms, in the order of these names, and tells the rooms. The caller holds the log's lock.
--
-- In portions: each status is put together from what the others of its portion change.
create or replace function chat.exit_rooms(p_usernames text[], p_portion integer default 200)
returns void
language plpgsql
volatile
set plan_cache_mode = force_generic_plan
as $$
declare
  v_usernames text[];
  v_room_ids integer[];
  v_rooms bigint;
begin
  if cardinality(p_usernames) > p_portion then
    perform chat.exit_rooms(p_usernames[n:n + p_portion - 1])
    from generate_series(1, cardinality(p_usernames), p_portion) as n;
    return;
  end if;
  select array_agg(m.username order by u.number), array_agg(m.room_id order by u.number)
  into v_usernames, v_room_ids
  from unnest(p_usernames) with ordinality as u(username, number)
  join chat.member as m on m.username = u.username;
  if v_usernames is null then
    return;
  end if;
  with status as materialized (
    select w.*, u.username, u.room_id
    from chat.write_statuses(
      array_fill('USEREXITED'::text, array[cardinality(v_usernames)]), v_usernames, v_room_ids, '{}',
      array_fill(true, array[cardinality(v_usernames)]), true
    ) as w
    join unnest(v_usernames, v_room_ids) with ordinality as u(username, room_id, place) on u.place = w.number
  ),
  gone as (
    delete from chat.member as m where m.username = any (v_usernames)
  ),
  recorded as (
    insert into chat.chat_event (
      msgtype, userstatus, username, roomid, sportfilter, execfilter, filters, seq, message
    )
    select
      chat.msgtype('ROOM_STATUS'), 'USEREXITED', s.username, s.room_id, s.sportfilter, s.execfilter, s.filters, s.seq,
      s.message
    from status as s
    order by s.number
    returning chat_event.chat_event_id, chat_event.roomid as room_id, chat_event.seq, chat_event.message
  ),
  logged as (
    select chat.log_messages(
      r.room_id, array_agg(r.seq order by r.seq), array_agg(r.chat_event_id order by r.seq),
      array_agg(r.message order by r.seq)
    )
    from recorded as r
    group by r.room_id
  )
  -- Nothing is logged that nobody counts.
  select count(*) into v_rooms from logged;
  perform chat.rest_room(r.room_id) from (select distinct i from unnest(v_room_ids) as i) as r(room_id);
end
$$;
