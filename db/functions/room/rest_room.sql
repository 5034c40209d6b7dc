-- Has a room go cold when the resume window ends, if there is no reason any more to keep it live: nobody is in it, and
-- nobody asked that it be announced (announce_room).
--
-- The caller holds the log's lock.
create or replace function chat.rest_room(p_room_id integer)
returns void
language plpgsql
volatile
as $$
declare
  v_group_id integer;
begin
  update chat.room as r
  set live_until = clock_timestamp() + (select s.resume_window from chat.setting as s)
  where r.room_id = p_room_id
    and r.live_until = 'infinity'
    and not r.is_announced
    and not exists (select from chat.member as m where m.room_id = p_room_id)
  returning r.group_id into v_group_id;
  if found then
    perform chat.update_group_lives(array[v_group_id], array[0]);
  end if;
end
$$;
