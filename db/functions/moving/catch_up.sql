-- Gives a room the rows of feeds that came behind a message of the stream, and were stored here before the room was.
--
-- By its views, which say what it would have got. As what came with it from the other server, they are messages of its
-- own here. The caller holds the log's lock; nobody is in the room yet who would have to be told.
create or replace function chat.catch_up(p_room_id integer, p_stream_seq bigint)
returns void
language plpgsql
volatile
set timezone = 'UTC'
as $$
declare
  v_seq bigint := chat.newest_seq(p_room_id);
  v_feed chat.feed;
  v_parts text[] := '{}';
  v_events jsonb;
begin
  for v_feed in
    select f.*
    from chat.feed as f
    join chat.room_filter as r on r.feed_id = f.feed_id and r.room_id = p_room_id and r.state = 'in force'
    where f.state <> 'removed'
  loop
    v_parts := v_parts || format(
      'select r.stream_seq, %1$s::smallint as feed_id, %2$s as content from feed.%3$I as r'
      ' where r.%4$I > coalesce((select o.%4$I from feed.%3$I as o where o.stream_seq <= $1'
      ' order by o.%4$I desc limit 1), 0) and r.stream_seq > $1'
      ' and r.%4$I in (select v.%4$I from room_filter.%5$I as v where v.%4$I = r.%4$I)',
      v_feed.feed_id, chat.content_expression(v_feed), v_feed.name, v_feed.key_column,
      'room_' || p_room_id || '_' || v_feed.name
    );
  end loop;
  if cardinality(v_parts) = 0 then
    return;
  end if;
  execute format(
    'select jsonb_agg(jsonb_build_object(''timetag'', 0, ''msgtype'', f.msgtype, ''roomid'', $2, ''seq'', n.seq,'
    ' ''message'', chat.encode_feed_row(f, n.content, n.seq)) order by n.seq)'
    ' from (select w.*, $3 + row_number() over (order by w.stream_seq) as seq from (%s) as w) as n'
    ' join chat.feed as f on f.feed_id = n.feed_id',
    array_to_string(v_parts, ' union all ')
  )
  into v_events
  using p_stream_seq, p_room_id, v_seq;
  if v_events is not null then
    perform chat.receive_log(p_room_id, v_events);
    update chat.room as r set seq_offset = r.seq_offset + jsonb_array_length(v_events) where r.room_id = p_room_id;
    perform chat.go_on_from(p_room_id, v_seq + jsonb_array_length(v_events));
  end if;
end
$$;
