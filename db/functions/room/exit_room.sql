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
  if not exists (select from chat.member as m where m.room_id = v_room_id) then
    update chat.room as r
    set live_until = clock_timestamp() + (select s.resume_window from chat.setting as s)
    where r.room_id = v_room_id;
    perform chat.update_group_life(r.group_id) from chat.room as r where r.room_id = v_room_id;
  end if;
  perform chat.log_status('USEREXITED', p_username, v_room_id, null);
end
$$;
