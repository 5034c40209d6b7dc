-- The filter of a feed that passes everything (NONE) or nothing (ALL). In PL/pgSQL, which keeps its plan.
--
-- By the hash, since that has an index: each batch asks, and a feed may have a hundred thousand filters.
create or replace function chat.trivial_filter(p_feed_id integer, p_passes boolean)
returns integer
language plpgsql
stable
as $$
begin
  return (
    select f.filter_id
    from chat.filter as f
    where f.feed_id = p_feed_id and f.canonical_hash = chat.text_hash(p_passes::text)
  );
end
$$;
