-- What clients get of the feed rows with the given keys, for a gateway that was told of them by reference.
create or replace function chat.read_feed_rows(p_feed_id integer, p_row_ids bigint[])
returns table (row_id bigint, message bytea)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
set timezone = 'UTC'
as $$
declare
  v_query text := (
    select format(
      'select r.%1$I, %2$s from feed.%3$I as r where r.%1$I = any ($1) order by r.%1$I',
      f.key_column, chat.content_expression(f), f.name
    )
    from chat.feed as f
    where f.feed_id = p_feed_id
  );
begin
  return query execute v_query using p_row_ids;
end
$$;
