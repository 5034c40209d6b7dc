-- Records comments of members, in order, logs each in its room and announces it there; returns which were posted.
--
-- p_member_ids say whose comment each is. A comment of a membership that the gateway does not have any more is dropped.
-- Of members who were muted, and in slow rooms, none is posted before it was looked at: see post_held_comment.
create or replace function chat.post_comments(
  p_gateway_id integer,
  p_member_ids bigint[],
  p_comments text[],
  p_are_looked_at boolean default false
)
returns boolean[]
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_posted boolean[];
begin
  perform chat.lock_log();
  with numbered as materialized (
    select
      c.number,
      m.username,
      c.comment,
      m.room_id,
      r.seq_offset + g.last_place + row_number() over (partition by m.room_id order by c.number) as seq
    from unnest(p_member_ids, p_comments) with ordinality as c(member_id, comment, number)
    join chat.member as m on m.member_id = c.member_id and m.gateway_id = p_gateway_id
    join chat.room as r on r.room_id = m.room_id
    join chat.group_place as g on g.group_id = r.group_id
    where p_are_looked_at or not (m.is_muted or r.is_slow)
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
      chat.log_messages(
        e.room_id,
        array_agg(e.seq order by e.seq),
        array_agg(e.chat_event_id order by e.seq),
        array_agg(e.message order by e.seq)
      )
    from recorded as e
    group by e.room_id
  )
  select array_agg(n.number is not null order by c.number)
  into v_posted
  from unnest(p_member_ids) with ordinality as c(member_id, number)
  left join numbered as n on n.number = c.number
  -- Nothing is logged that nobody counts.
  cross join (select count(*) from logged) as l(rooms);
  return v_posted;
end
$$;
