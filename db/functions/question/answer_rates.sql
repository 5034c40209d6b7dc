-- RATES: how many rows of each feed were stored so far, going by the keys of the newest.
create or replace function chat.answer_rates()
returns table (feed text, "rows" bigint)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select f.name, chat.newest_row_id(f.feed_id) from chat.feed as f where f.state <> 'removed' order by f.feed_id
$$;
