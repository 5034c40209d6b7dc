-- The select of the columns that a filter of a feed may name, to put a condition behind.
create or replace function chat.candidate_select(p_feed_id integer)
returns text
language sql
stable
as $$
  select format('select %s from feed.%I', chat.column_list(f.feed_id), f.name)
  from chat.feed as f
  where f.feed_id = p_feed_id
$$;
