-- Has a member leave their room and tells the room. The caller holds the log's lock.
create or replace function chat.exit_room(p_username text)
returns void
language plpgsql
volatile
as $$
declare
  v_room_id integer;
begin
  delete from chat.member as m where m.username = p_username returning m.room_id into v_room_id;
  if v_room_id is null then
    return;
  end if;
  perform chat.rest_room(v_room_id);
  perform chat.log_status('USEREXITED', p_username, v_room_id, null);
end
$$;
