-- Has everybody leave a room that is closed, and their connections end with the message.
--
-- They leave at once and without a USEREXITED each: nobody is there to be told, and each would name all who are left.
-- The caller holds the log's lock, and tells the room.
create or replace function chat.empty_room(p_act chat.moderation)
returns void
language plpgsql
volatile
as $$
begin
  perform chat.end_connection(m, 4003, coalesce(p_act.reason, 'the room was closed'))
  from chat.member as m
  where m.room_id = p_act.room_id;
  delete from chat.member as m where m.room_id = p_act.room_id;
end
$$;
