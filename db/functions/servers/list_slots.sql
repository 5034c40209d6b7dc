-- The slots of this server, with the rooms that are open in each and their members.
create or replace function chat.list_slots()
returns table (slot integer, rooms bigint, members bigint)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select s.slot, coalesce(r.rooms, 0), coalesce(r.members, 0)
  from chat.slot as s
  left join (
    select chat.slot_of(o.room_id) as slot, count(*) as rooms, sum(m.members)::bigint as members
    from chat.room as o
    cross join lateral (select count(*) as members from chat.member as m where m.room_id = o.room_id) as m
    where o.is_open
    group by chat.slot_of(o.room_id)
  ) as r on r.slot = s.slot
  order by s.slot
$$;
