-- Announces the newest batch of a feed on the channels of those rooms only that somebody asked for (announce_room).
--
-- As log_feed_rows does for all rooms, if they are few. The caller has just logged the batch: of each group that got
-- rows of it, it is the last row.
create or replace function chat.announce_asked_rooms(p_feed_id integer, p_batch_id bigint)
returns void
language plpgsql
volatile
as $$
begin
  perform pg_notify(
    chat.room_channel(r.room_id),
    'F ' || p_feed_id || ' ' || r.seq_offset + l.first_place || ' ' || r.seq_offset + l.last_place
  )
  from chat.room as r
  cross join lateral (
    select g.* from chat.group_log as g where g.group_id = r.group_id order by g.first_place desc limit 1
  ) as l
  where r.is_announced and l.batch_id = p_batch_id;
end
$$;
