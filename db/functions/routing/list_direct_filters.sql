-- The filters of a feed that its router evaluates one by one.
create or replace function chat.list_direct_filters(p_feed_id integer)
returns table (filter_id integer, canonical text)
language sql
stable
as $$
  select r.filter_id, f.canonical
  from chat.routed_filter as r
  join chat.filter as f on f.filter_id = r.filter_id
  where r.feed_id = p_feed_id and not r.is_indexed
$$;
