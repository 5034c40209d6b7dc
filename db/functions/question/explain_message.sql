-- Why a room got a row of a feed or did not, by the row's key or, p_seq, by the message that it was; or why not told.
create or replace function chat.explain_message(
  p_room_id integer,
  p_feed text,
  p_row_id bigint,
  p_seq bigint,
  out reason text,
  out feed text,
  out row_id bigint,
  out seq bigint,
  out content text,
  out items text[],
  out item_values text[]
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
  v_feed chat.feed;
begin
  if p_seq is not null then
    select l.feed_id::integer as feed_id, l.row_id
    into v_feed.feed_id, row_id
    from chat.list_logged_rows(p_room_id, p_seq - 1, p_seq, 1) as l;
    if not found then
      reason := format('the room has no message %s, or not any more', p_seq);
      return;
    elsif v_feed.feed_id is null then
      reason := format('message %s is one of the room itself, and no row of a feed', p_seq);
      return;
    end if;
    select f.* into v_feed from chat.feed as f where f.feed_id = v_feed.feed_id;
  else
    reason := chat.explain_no_feed(p_feed);
    if reason is not null then
      return;
    end if;
    select f.* into v_feed from chat.feed as f where f.name = p_feed;
    row_id := p_row_id;
  end if;
  feed := v_feed.name;
  execute format(
    'select %s from feed.%I as r where r.%I = $1', chat.row_object(v_feed.feed_id), v_feed.name, v_feed.key_column
  )
  into content
  using row_id;
  if content is null then
    reason := format('%s has no row %s, or not any more', feed, coalesce(row_id::text, '(none given)'));
    return;
  end if;
  seq := chat.find_delivery(p_room_id, v_feed.feed_id, row_id);
  select array_agg(e.item), array_agg(e.value)
  into items, item_values
  from chat.explain_delivery(p_room_id, feed, row_id) as e
  where e.item <> 'row';
end
$$;
