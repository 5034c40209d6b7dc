-- Drops a room of which nobody is a member, with all that it got. The caller holds the log's lock.
--
-- What clients said there that is no message of a room stays in chat_event.
create or replace function chat.drop_room(p_room_id integer)
returns void
language plpgsql
volatile
as $$
declare
  v_view text;
begin
  for v_view in
    select format('room_filter.room_%s_%I', p_room_id, f.name)
    from chat.feed as f
    where to_regclass(format('room_filter.room_%s_%I', p_room_id, f.name)) is not null
  loop
    execute format('drop view %s', v_view);
  end loop;
  delete from chat.chat_event as e
  where e.chat_event_id in (select l.chat_event_id from chat.room_log as l where l.room_id = p_room_id);
  delete from chat.room_log as l where l.room_id = p_room_id;
  delete from chat.room_kept as k where k.room_id = p_room_id;
  delete from chat.measure as m where m.room_id = p_room_id;
  delete from chat.room_filter as f where f.room_id = p_room_id;
  perform chat.add_rooms(r.group_id, -1) from chat.room as r where r.room_id = p_room_id;
  delete from chat.room as r where r.room_id = p_room_id;
end
$$;
