-- A message's clauses as chat_event keeps them: in two columns, which are the original service's, and in filters.
--
-- The only place that knows which feed has which column. Those of feeds that were added are in filters, by name.
create or replace function chat.event_filters(
  p_feed_ids integer[],
  p_clauses text[],
  out sportfilter text,
  out execfilter text,
  out filters jsonb
)
language sql
stable
parallel safe
as $$
  select
    p_clauses[array_position(p_feed_ids, 1)],
    p_clauses[array_position(p_feed_ids, 2)],
    (
      select jsonb_object_agg(f.name, w.clause)
      from unnest(p_feed_ids, p_clauses) as w(feed_id, clause)
      join chat.feed as f on f.feed_id = w.feed_id
      where f.filter_field is null
    )
$$;
