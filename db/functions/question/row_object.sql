-- The expression of a feed row r as clients get it: a JSON object of the columns that filters may name, in their order.
create or replace function chat.row_object(p_feed_id integer)
returns text
language sql
stable
as $$
  select format(
    '(select row_to_json(_c)::text from (select %s) as _c)',
    string_agg(format('r.%I', c.column_name), ', ' order by c.position)
  )
  from chat.feed_column as c
  where c.feed_id = p_feed_id
$$;
