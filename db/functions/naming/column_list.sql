-- The columns of a feed that a filter may name, in their order, as a select lists them.
create or replace function chat.column_list(p_feed_id integer)
returns text
language sql
stable
as $$
  select string_agg(quote_ident(c.column_name), ', ' order by c.position)
  from chat.feed_column as c
  where c.feed_id = p_feed_id
$$;
