-- What a ROOM_STATUS says of the rooms of other servers, encoded; of none if there are many rooms, as list_room_states.
create or replace function chat.list_rooms_elsewhere()
returns table (room_id integer, status bytea)
language sql
stable
as $$
  select e.room_id, e.status
  from chat.room_elsewhere as e
  where chat.count_open_rooms() <= 64
    and e.room_id < chat.count_open_rooms()
    and not exists (select from chat.room as r where r.room_id = e.room_id and r.is_open)
$$;
