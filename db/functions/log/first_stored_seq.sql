-- The first sequence after one whose message is still stored, p_before_seq if none before that is.
--
-- first_kept_seq knows what the logs name. An operator may have deleted rows of feeds, or the room's own messages, and
-- left the logs: then it is looked for, message by message. Most often the first one is there.
create or replace function chat.first_stored_seq(p_room_id integer, p_after_seq bigint, p_before_seq bigint)
returns bigint
language plpgsql
stable
as $$
declare
  v_seq bigint := chat.first_kept_seq(p_room_id, p_after_seq, p_before_seq);
  v_count integer := 1;
  v_found bigint;
begin
  while v_seq < p_before_seq loop
    select min(l.seq) into v_found from chat.read_room_log(p_room_id, v_seq - 1, p_before_seq - 1, v_count) as l;
    if v_found is not null then
      return v_found;
    end if;
    v_seq := chat.first_kept_seq(p_room_id, v_seq - 1 + v_count, p_before_seq);
    v_count := least(v_count * 10, 10000);
  end loop;
  return p_before_seq;
end
$$;
