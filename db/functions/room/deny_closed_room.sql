-- Denies, and records, a request to join a room that is not open; null, and nothing is done, if the room is open.
--
-- A gateway listens to a room before it asks to join, and only to rooms that are there. So it asks this about a room
-- that it did not open itself, since another gateway may have. This cannot admit anybody.
create or replace function chat.deny_closed_room(p_username text, p_room_id integer)
returns bytea
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_denial record := chat.find_denial(p_username, p_room_id);
begin
  if v_denial.userstatus is distinct from 'DENIED_BADROOMID' then
    return null;
  end if;
  return chat.record_refusal(
    v_denial.userstatus, v_denial.reason, chat.msgtype('JOIN_REQ'), p_username, p_room_id, null, '{}', '{}'
  );
end
$$;
