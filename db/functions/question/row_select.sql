-- The select of rows of a feed as clients see them, row_id and row: columns that filters may name, as a JSON object.
create or replace function chat.row_select(p_feed chat.feed)
returns text
language sql
stable
as $$
  select format(
    'select r.%I as row_id, row_to_json(c)::text as row from feed.%I as r cross join lateral (select %s) as c',
    p_feed.key_column, p_feed.name, chat.column_list(p_feed.feed_id)
  )
$$;
