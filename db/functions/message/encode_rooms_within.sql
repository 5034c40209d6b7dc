-- What encode_rooms writes, within p_max_bytes: only the room that the ROOM_STATUS is about, unless that is null, and
-- of the users those who fit, first those who have been in their room the longest.
--
-- Apart from that one, which every status goes through: this adds up the bytes of all users.
create or replace function chat.encode_rooms_within(p_room_id integer, p_max_bytes integer)
returns bytea
language sql
stable
as $$
  with listed as materialized (
    select
      r.room_id,
      u.number <= chat.most_named_users() as is_named,
      chat.encode_number(1, r.room_id) || chat.encode_number(2, r.max_users)
      || case when u.number > chat.most_named_users() then chat.encode_number(4, u.number) else '' end as head
    from chat.room as r
    cross join lateral (select count(*) as number from chat.member as m where m.room_id = r.room_id) as u
    where r.is_open and (p_room_id is null or r.room_id = p_room_id)
  ),
  named as (
    select
      l.room_id,
      chat.encode_text(3, m.username) as field,
      row_number() over (partition by m.room_id order by m.joined_at, m.username) as number
    from listed as l
    join chat.member as m on m.room_id = l.room_id and l.is_named
  ),
  summed as (
    select n.*, sum(length(n.field)) over (order by n.number, n.room_id rows unbounded preceding) as bytes
    from named as n
  ),
  -- Tag and size of a room take five bytes at most, and so does numrooms.
  bound as materialized (select p_max_bytes - 5 - coalesce(sum(length(l.head) + 5), 0) as bytes from listed as l),
  encoded as (
    select l.room_id, l.head || coalesce(string_agg(s.field, '' order by s.number), '') as status
    from listed as l
    left join summed as s on s.room_id = l.room_id and s.bytes <= (select b.bytes from bound as b)
    group by l.room_id, l.head
  )
  select
    chat.encode_number(3, chat.count_open_rooms())
    || coalesce(string_agg(chat.encode_bytes(4, e.status), '' order by e.room_id), '')
  from encoded as e
$$;
