-- Raises RM402 if there is no such room.
create or replace function chat.require_room(p_room integer)
returns void
language plpgsql
stable
as $$
begin
  if not exists (select from chat.room as r where r.room_id = p_room) then
    raise exception 'there is no room %', p_room
      using errcode = 'RM402', hint = (select 'rooms are 0 to ' || max(r.room_id) from chat.room as r);
  end if;
end
$$;
