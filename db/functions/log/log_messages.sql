-- Puts messages of a room itself into its log, and announces them. Their sequences follow the room's newest one.
--
-- The caller holds the log's lock.
create or replace function chat.log_messages(
  p_room_id integer,
  p_seqs bigint[],
  p_event_ids bigint[],
  p_messages bytea[]
)
returns void
language plpgsql
volatile
as $$
declare
  v_group chat.group_place;
begin
  update chat.room as r
  set seq_offset = r.seq_offset + cardinality(p_seqs)
  from chat.group_place as g
  where r.room_id = p_room_id and g.group_id = r.group_id
  returning g.* into v_group;

  insert into chat.room_log (room_id, seq, chat_event_id, group_id, place)
  select p_room_id, m.seq, m.event_id, v_group.group_id, v_group.last_place
  from unnest(p_seqs, p_event_ids) as m(seq, event_id);

  perform chat.notify_contents(
    chat.room_channel(p_room_id), format('M %s:%s', v_group.group_id, v_group.last_place), p_seqs, p_messages
  );
end
$$;
