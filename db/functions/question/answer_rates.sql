-- RATES: how many rows of each feed were stored so far, going by the keys that were given, but for those passed over.
create or replace function chat.answer_rates()
returns table (feed text, "rows" bigint)
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  select f.name, chat.next_key(t.numbered_by) - 1 - t.passed_over
  from chat.feed as f
  join chat.bounded_table as t on t.feed_id = f.feed_id
  where f.state <> 'removed'
  order by f.feed_id
$$;
