-- The select of the columns that a filter of a feed may name, to put a condition behind.
create or replace function chat.candidate_select(p_feed_id integer)
returns text
language sql
stable
as $$
  select format('select %s from chat.%I', string_agg(quote_ident(c.column_name), ', ' order by c.position), f.name)
  from chat.feed as f
  join chat.feed_column as c on c.feed_id = f.feed_id
  where f.feed_id = p_feed_id
  group by f.name
$$;
