-- Records comments of members, in order, logs each in its room and announces it there; returns how many were posted.
--
-- Comments of users who are not members on the gateway any more are dropped.
create or replace function chat.post_comments(p_gateway_id integer, p_usernames text[], p_comments text[])
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_posted integer;
begin
  perform chat.lock_log();
  with numbered as (
    select
      c.number,
      c.username,
      c.comment,
      m.room_id,
      r.seq_offset + g.last_place + row_number() over (partition by m.room_id order by c.number) as seq
    from unnest(p_usernames, p_comments) with ordinality as c(username, comment, number)
    join chat.member as m on m.username = c.username and m.gateway_id = p_gateway_id
    join chat.room as r on r.room_id = m.room_id
    join chat.room_group as g on g.group_id = r.group_id
  ),
  recorded as (
    insert into chat.chat_event (msgtype, username, roomid, commentxt, seq, message)
    select
      chat.msgtype('COMMENT'), n.username, n.room_id, n.comment, n.seq,
      chat.encode_comment(n.username, n.room_id, n.comment, n.seq)
    from numbered as n
    order by n.number
    returning chat_event_id, roomid as room_id, seq, message
  ),
  logged as (
    select
      count(*) as size,
      chat.log_messages(
        e.room_id,
        array_agg(e.seq order by e.seq),
        array_agg(e.chat_event_id order by e.seq),
        array_agg(e.message order by e.seq)
      )
    from recorded as e
    group by e.room_id
  )
  select coalesce(sum(l.size), 0) into v_posted from logged as l;
  return v_posted;
end
$$;
