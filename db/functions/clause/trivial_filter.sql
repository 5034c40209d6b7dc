-- The filter of a feed that passes everything (NONE) or nothing (ALL).
create or replace function chat.trivial_filter(p_feed_id integer, p_passes boolean)
returns integer
language sql
stable
as $$
  select f.filter_id from chat.filter as f where f.feed_id = p_feed_id and f.canonical = p_passes::text
$$;
