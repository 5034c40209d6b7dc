-- How long something is kept, in words.
create or replace function chat.describe_limits(p_keep_for interval, p_keep_bytes bigint)
returns text
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
set intervalstyle = 'postgres'
as $$
  select case when p_keep_for is null then 'for ever' else 'for ' || chat.interval_for_people(p_keep_for) end
    || coalesce(', at most ' || pg_size_pretty(p_keep_bytes), '')
$$;
