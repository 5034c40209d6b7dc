-- EXPLAIN: why a room got a row of a feed or did not, by the row's key, or by the seq under which the room got it.
--
-- What explain_delivery says, but for the row, which is given apart. Raises RM401 and RM403.
create or replace function chat.answer_explanation(
  p_room_id integer,
  p_feed text,
  p_row_id bigint,
  p_seq bigint,
  out feed text,
  out row_id bigint,
  out "row" text,
  out seq bigint,
  out items text[],
  out "values" text[]
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
set timezone = 'UTC'
as $$
declare
  v_logged record;
  v_feed chat.feed;
begin
  if p_seq is null then
    v_feed := chat.find_present_feed(p_feed);
    row_id := p_row_id;
  else
    v_logged := chat.find_logged_row(p_room_id, p_seq);
    select f.* into v_feed from chat.feed as f where f.feed_id = v_logged.feed_id;
    row_id := v_logged.row_id;
  end if;
  execute format(
    'select e.row from (%s where r.%I = $1) as e', chat.row_select(v_feed), v_feed.key_column
  )
  into "row"
  using row_id;
  if "row" is null then
    raise exception 'there is no row % of %', row_id, v_feed.name
      using errcode = 'RM403', hint = 'its newest is ' || chat.newest_row_id(v_feed.feed_id);
  end if;
  feed := v_feed.name;
  seq := coalesce(p_seq, chat.find_delivery(p_room_id, v_feed.feed_id, row_id));
  select array_agg(e.item order by e.number), array_agg(e.value order by e.number)
  into items, "values"
  from chat.explain_delivery(p_room_id, v_feed.name, row_id) with ordinality as e(item, value, number)
  where e.item <> 'row';
end
$$;
