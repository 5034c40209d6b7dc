-- Has a room's log go on with the rows of its group, behind its newest message. The caller holds the log's lock.
--
-- Gateways are told: rows of the group in which the room was until now are none of its any more, though members whose
-- connections end may still be there.
create or replace function chat.go_on_from(p_room_id integer, p_seq bigint)
returns void
language plpgsql
volatile
as $$
begin
  update chat.room_log as l
  set group_id = r.group_id, place = p_seq - r.seq_offset
  from chat.room as r
  where r.room_id = p_room_id and l.room_id = p_room_id and l.seq = p_seq;
  if not found then
    insert into chat.room_log (room_id, seq, group_id, place)
    select p_room_id, p_seq, r.group_id, p_seq - r.seq_offset from chat.room as r where r.room_id = p_room_id;
  end if;
  perform pg_notify(
    chat.room_channel(p_room_id), format('B %s:%s %s', r.group_id, p_seq - r.seq_offset, p_seq)
  )
  from chat.room as r
  where r.room_id = p_room_id;
end
$$;
