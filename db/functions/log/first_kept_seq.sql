-- The first sequence after one that is still in a room's log, p_before_seq if none before that is.
--
-- Looks at few rows however long the log is, since whoever joins may ask for all of it. Holes further on are not
-- looked for; whoever reads there finds them.
create or replace function chat.first_kept_seq(p_room_id integer, p_after_seq bigint, p_before_seq bigint)
returns bigint
language plpgsql
stable
as $$
declare
  v_seq bigint := p_after_seq + 1;
  v_next chat.room_log;
  v_found bigint;
begin
  while v_seq < p_before_seq loop
    select l.*
    into v_next
    from chat.room_log as l
    where l.room_id = p_room_id and l.seq >= v_seq and l.seq < p_before_seq
    order by l.seq
    limit 1;
    -- The feed rows before the room's next message.
    select s.seq - s.place + greatest(k.first_place, s.place + v_seq - s.seq)
    into v_found
    from chat.list_stretches(p_room_id, v_seq, coalesce(v_next.seq, p_before_seq - 1)) as s
    cross join lateral (
      select l.last_places[i.index] - bit_count(l.bits[array_position(l.indexes, i.index)]) + 1 as first_place
      from (select chat.index_in_block(s.group_id)::smallint) as i(index)
      join chat.block_log as l
        on l.block_id = chat.block_of(s.group_id)
        and l.batch_id >= chat.find_batch(s.group_id, s.place + v_seq - s.seq)
      where i.index = any (l.indexes) and exists (select from chat.feed_batch as b where b.batch_id = l.batch_id)
      order by l.batch_id
      limit 1
    ) as k
    where s.seq < v_seq and s.until_seq >= v_seq and k.first_place <= s.place + s.until_seq - s.seq
    order by s.seq
    limit 1;
    if v_found is not null or v_next.seq is null then
      return coalesce(v_found, p_before_seq);
    elsif v_next.chat_event_id is not null then
      return v_next.seq;
    end if;
    v_seq := v_next.seq + 1;
  end loop;
  return p_before_seq;
end
$$;
