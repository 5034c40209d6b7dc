-- What becomes of requests to join, in their order; changes nothing. No two of them ask for the same name.
--
-- - userstatus USERJOINED with a member_id: the token takes that place back. username is as the room knows it.
-- - USERJOINED alone: they may come in; those before them count as being in the room.
-- - DENIED_…: they may not, for the reason.
-- - null: the room is another server's; or the name belongs to a member of another gateway, whom the token is not of,
--   and the request is patient. Whoever closes a connection there and comes here at once is faster than the news of it.
create or replace function chat.judge_joins(
  p_gateway_id integer,
  p_usernames text[],
  p_room_ids integer[],
  p_resume_tokens text[],
  p_are_patient boolean[],
  p_name_keys text[],
  p_looks text[]
)
returns table (number integer, userstatus text, reason text, member_id bigint, username text)
language plpgsql
stable
as $$
begin
  return query
  with room as materialized (
    select r.room_id, r.max_users, (select count(*) from chat.member as m where m.room_id = r.room_id) as users
    from chat.room as r
    where r.is_open and r.room_id = any (p_room_ids) and chat.holds_room(r.room_id)
  ),
  judged as materialized (
    select
      h.number, q.username, q.room_id, q.name_key, h.holder, b.userstatus as barred, b.reason as bar, r.users,
      r.max_users,
      case when h.has_token and (h.holder).room_id = q.room_id then (h.holder).member_id end as member_id,
      case
        when h.has_token and (h.holder).room_id = q.room_id then 'USERJOINED'
        when q.is_patient and h.is_elsewhere then null
        when r.room_id is null and q.room_id < chat.count_open_rooms() and not chat.holds_room(q.room_id) then null
        when r.room_id is null then 'DENIED_BADROOMID'
        when not chat.is_possible_name(q.username) then 'DENIED_BADNAME'
        when b.userstatus is not null then b.userstatus
        when (h.holder).member_id is not null then 'DENIED_NAMETAKEN'
        else 'USERJOINED'
      end as userstatus
    from chat.find_holders(p_gateway_id, p_usernames, p_name_keys, p_looks, p_resume_tokens) as h
    join unnest(p_usernames, p_room_ids, p_are_patient, p_name_keys)
      with ordinality as q(username, room_id, is_patient, name_key, number) on q.number = h.number
    left join room as r on r.room_id = q.room_id
    cross join lateral chat.find_bar(q.username, q.room_id) as b
  ),
  seated as (
    select j.*, j.userstatus = 'USERJOINED' and j.member_id is null and j.max_users < j.users + row_number() over (
      partition by j.room_id, j.userstatus, j.member_id is null order by j.number
    ) as is_too_late
    from judged as j
  )
  select
    s.number, v.userstatus,
    case when v.userstatus = s.barred then s.bar when v.userstatus like 'DENIED%' then
      chat.explain_denial(v.userstatus, s.username, s.room_id, s.name_key, s.holder)
    end,
    s.member_id, case when s.member_id is null then s.username else (s.holder).username end
  from seated as s
  cross join lateral (select case when s.is_too_late then 'DENIED_ROOMFULL' else s.userstatus end) as v(userstatus);
end
$$;
