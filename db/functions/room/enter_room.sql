-- Makes a user a member and tells the room; returns the membership and the sequence of its USERJOINED.
--
-- The caller holds the log's lock.
create or replace function chat.enter_room(
  p_gateway_id integer,
  p_username text,
  p_room_id integer,
  p_new_token text,
  p_name_key text default null,
  p_look text default null,
  out member_id bigint,
  out seq bigint
)
language plpgsql
volatile
as $$
begin
  insert into chat.member as m (username, name_key, look, room_id, gateway_id, resume_hash, is_muted)
  values (
    p_username, coalesce(p_name_key, chat.name_key(p_username)), p_look, p_room_id, p_gateway_id,
    chat.text_hash(p_new_token),
    exists (select from chat.measure) and (chat.find_measure('mute', p_room_id, p_username)).until is not null
  )
  returning m.member_id into member_id;
  perform chat.wake_room(p_room_id);
  seq := chat.log_status('USERJOINED', p_username, p_room_id, null);
end
$$;
