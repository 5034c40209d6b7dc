-- The denial of a request to join a room that is not open, recorded; null if the room is open, and nothing is done.
--
-- For a gateway that did not open the room itself, since another one may have: it must listen to a room before it asks
-- to join, and listens only to rooms that are there. This cannot admit anybody.
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
  return chat.record_refusal(v_denial.userstatus, v_denial.reason, 2, p_username, p_room_id, null, '{}', '{}');
end
$$;
