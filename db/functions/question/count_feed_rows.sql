-- How many rows of each feed were stored since it was added, by the keys of the newest, which count them.
create or replace function chat.count_feed_rows()
returns table (feed text, rows bigint)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select f.name, chat.newest_row_id(f.feed_id) from chat.feed as f where f.state <> 'removed' order by f.feed_id
$$;
