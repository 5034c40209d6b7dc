-- Why nothing can be asked of a feed: there is none of this name, or it was removed; null if it is there.
create or replace function chat.explain_no_feed(p_feed text)
returns text
language sql
stable
as $$
  select format(
    'there is no feed %s; feeds are %s', quote_nullable(left(p_feed, 100)), string_agg(f.name, ', ' order by f.feed_id)
  )
  from chat.feed as f
  where f.state <> 'removed'
  having count(*) filter (where f.name = p_feed) = 0
$$;
