-- The numrooms and rooms fields of a ROOM_STATUS: every open room, or of many rooms only the one it is about.
--
-- p_room_id null asks for all rooms whatever their number, as PENDING does.
create or replace function chat.encode_rooms(p_room_id integer)
returns bytea
language sql
stable
as $$
  with listed as (
    select r.room_id, r.max_users
    from chat.room as r
    where r.is_open
      and (p_room_id is null or r.room_id = p_room_id or (select count(*) <= 64 from chat.room as o where o.is_open))
  ),
  encoded as (
    select
      l.room_id,
      chat.encode_number(1, l.room_id) || chat.encode_number(2, l.max_users)
      || coalesce(string_agg(chat.encode_text(3, m.username), '' order by m.joined_at, m.username), '') as status
    from listed as l
    left join chat.member as m on m.room_id = l.room_id
    group by l.room_id, l.max_users
  )
  select
    chat.encode_number(3, (select count(*) from chat.room as r where r.is_open))
    || coalesce(string_agg(chat.encode_bytes(4, e.status), '' order by e.room_id), '')
  from encoded as e
$$;
