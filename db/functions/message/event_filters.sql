-- A request's clauses as chat_event keeps them: in two columns, which are the original service's.
--
-- The only place that knows which feed has which column; a feed that is added has none, and loses nothing by it.
create or replace function chat.event_filters(
  p_feed_ids integer[],
  p_clauses text[],
  out sportfilter text,
  out execfilter text
)
language sql
immutable
parallel safe
as $$
  select p_clauses[array_position(p_feed_ids, 1)], p_clauses[array_position(p_feed_ids, 2)]
$$;
