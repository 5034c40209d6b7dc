-- The numbers below p_count of those rooms that belong to this server and are not there yet.
--
-- Rooms stay for ever. So where there is one server those that are missing are the last, and are not looked for among
-- a hundred thousand.
create or replace function chat.find_missing_rooms(p_count integer)
returns integer[]
language plpgsql
stable
as $$
begin
  if exists (select from chat.server as s where s.name is null) then
    return array(
      select i
      from generate_series((select coalesce(max(r.room_id) + 1, 0) from chat.room as r), p_count - 1) as i
      order by i
    );
  end if;
  return array(
    select i
    from generate_series(0, p_count - 1) as i
    join chat.slot as s on s.slot = chat.slot_of(i)
    where not exists (select from chat.room as r where r.room_id = i)
    order by i
  );
end
$$;
