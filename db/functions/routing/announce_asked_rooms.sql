-- Announces the newest batch of a feed on the channels of those rooms only that somebody asked for (announce_room).
--
-- As log_feed_rows does for all rooms, if they are few. The caller has just logged the batch.
create or replace function chat.announce_asked_rooms(p_feed_id integer, p_batch_id bigint)
returns void
language plpgsql
volatile
as $$
begin
  perform pg_notify(
    chat.room_channel(r.room_id),
    'F ' || p_feed_id || ' ' || r.seq_offset + l.last_place - bit_count(l.bits) + 1
    || ' ' || r.seq_offset + l.last_place
  )
  from chat.room as r
  cross join lateral (
    select k.last_places[i.index] as last_place, k.bits[array_position(k.indexes, i.index)] as bits
    from (select chat.index_in_block(r.group_id)::smallint) as i(index)
    join chat.block_log as k on k.block_id = chat.block_of(r.group_id) and k.batch_id = p_batch_id
    where i.index = any (k.indexes)
  ) as l
  where r.is_announced;
end
$$;
