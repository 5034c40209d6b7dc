-- What a room got after one sequence and up to another, oldest first, at most p_limit messages.
--
-- feed_id is null for a message of the room itself: message is then whole, and the feed rows that follow are those of
-- the group behind the place. Otherwise message is the feed's, to be wrapped as clients get it.
create or replace function chat.read_room_log(
  p_room_id integer,
  p_after_seq bigint,
  p_up_to_seq bigint,
  p_limit integer
)
returns table (seq bigint, feed_id smallint, message bytea, group_id integer, place bigint)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_feed record;
  v_sources text := 'select null::smallint as feed_id, e.chat_event_id as row_id, e.message from chat.chat_event as e'
    ' where e.chat_event_id in (select w.row_id from wanted as w where w.feed_id is null)';
begin
  for v_feed in select f.feed_id, f.name, f.key_column from chat.feed as f loop
    v_sources := v_sources || format(
      ' union all select %s::smallint, r.%I, r.message from chat.%I as r'
      ' where r.%2$I in (select w.row_id from wanted as w where w.feed_id = %1$s)',
      v_feed.feed_id, v_feed.key_column, v_feed.name
    );
  end loop;
  return query execute format(
    'with wanted as materialized (select * from chat.list_logged_rows($1, $2, $3, $4)), stored as (%s) '
    'select w.seq, w.feed_id, s.message, w.group_id, w.place from wanted as w '
    'join stored as s on s.row_id = w.row_id and s.feed_id is not distinct from w.feed_id order by w.seq',
    v_sources
  )
  using p_room_id, p_after_seq, p_up_to_seq, p_limit;
end
$$;
