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
set timezone = 'UTC'
as $$
declare
  v_feed chat.feed;
  v_wanted record;
  v_sources text := 'select null::smallint as feed_id, e.chat_event_id as row_id, e.message from chat.chat_event as e'
    ' where e.chat_event_id in (select w.row_id from wanted as w where w.feed_id is null)';
begin
  select
    array_agg(l.seq) as seqs, array_agg(l.feed_id) as feed_ids, array_agg(l.row_id) as row_ids,
    array_agg(l.group_id) as group_ids, array_agg(l.place) as places
  into v_wanted
  from chat.list_logged_rows(p_room_id, p_after_seq, p_up_to_seq, p_limit) as l;
  -- Of however many feeds there are, a room got rows of a few.
  for v_feed in select f.* from chat.feed as f where f.feed_id = any (v_wanted.feed_ids) loop
    v_sources := v_sources || format(
      ' union all select %s::smallint, r.%I, %s from feed.%I as r'
      ' where r.%2$I in (select w.row_id from wanted as w where w.feed_id = %1$s)',
      v_feed.feed_id, v_feed.key_column, chat.content_expression(v_feed), v_feed.name
    );
  end loop;
  return query execute format(
    'with wanted as materialized (select * from unnest($1, $2, $3, $4, $5) '
    'as u(seq, feed_id, row_id, group_id, place)), stored as (%s) '
    'select w.seq, w.feed_id, s.message, w.group_id, w.place from wanted as w '
    'join stored as s on s.row_id = w.row_id and s.feed_id is not distinct from w.feed_id order by w.seq',
    v_sources
  )
  using v_wanted.seqs, v_wanted.feed_ids, v_wanted.row_ids, v_wanted.group_ids, v_wanted.places;
end
$$;
