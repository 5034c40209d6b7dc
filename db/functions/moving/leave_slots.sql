-- Gives up slots for another server: from now on nobody is in their rooms here, and these get nothing.
--
-- What they got stays for the other server to fetch (export_room, export_log), and so do their members' places: all
-- are told to resume. Called again it changes nothing. The rooms have got all of the feeds up to where the stream was
-- taken, which is noted. Raises RM803.
create or replace function chat.leave_slots(p_slots integer[], p_server text)
returns void
language plpgsql
volatile
as $$
declare
  v_position chat.feed_position;
  v_room_ids integer[];
begin
  perform chat.lock_log();
  p_slots := array(select s.slot from chat.slot as s where s.slot = any (p_slots));
  select p.* into v_position from chat.feed_position as p order by p.opened_at desc limit 1;
  if v_position.epoch like 'subscription of %' then
    raise exception 'the feeds come without JetStream, so nobody knows which messages a room has'
      using errcode = 'RM803', hint = 'let nats-server have JetStream (-js), and start the bridges again';
  end if;
  insert into chat.departure (slot, server, stream, epoch, last_seq)
  select i, p_server, v_position.stream, v_position.epoch, v_position.last_seq from unnest(p_slots) as i;
  delete from chat.slot as s where s.slot = any (p_slots);

  v_room_ids := array(select r.room_id from chat.room as r where chat.slot_of(r.room_id) = any (p_slots));
  perform chat.end_connection(m, 1012, 'the room moves to another server: resume')
  from chat.member as m
  where m.room_id = any (v_room_ids);
  insert into chat.departed_member (username, name_key, look, room_id, joined_at, resume_hash, is_muted)
  select m.username, m.name_key, m.look, m.room_id, m.joined_at, m.resume_hash, m.is_muted
  from chat.member as m
  where m.room_id = any (v_room_ids);
  delete from chat.member as m where m.room_id = any (v_room_ids);
  perform chat.put_aside(i) from unnest(v_room_ids) as i;
end
$$;
