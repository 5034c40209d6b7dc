-- Fourth gate: runs a condition on rows of edge cases and on the newest stored rows; why it is no filter, or null.
--
-- An error on a row is the caller's to catch and explain.
create or replace function chat.try_clause(p_feed_id integer, p_canonical text)
returns text
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
as $$
declare
  v_setting chat.setting;
  v_started timestamptz := clock_timestamp();
  v_took interval;
  v_sources text;
begin
  select s.* into v_setting from chat.setting as s;
  select
    format(
      '(select %s from generate_series(1, 5) as n) union all (select %s from chat.%I order by %I desc limit %s)',
      string_agg(
        format('(select p.value from chat.probe_value as p where p.type_name = %L and p.number = n)::%s as %I',
          c.type_name, c.type_name, c.column_name), ', ' order by c.position),
      string_agg(quote_ident(c.column_name), ', ' order by c.position),
      f.name, f.name || '_id', v_setting.probe_rows
    )
  into v_sources
  from chat.feed as f
  join chat.feed_column as c on c.feed_id = f.feed_id
  where f.feed_id = p_feed_id
  group by f.name;

  execute format('select count(*) from (%s) as r where %s', v_sources, p_canonical);
  v_took := clock_timestamp() - v_started;
  if v_took > v_setting.max_probe_time then
    return format(
      'the clause is too slow: %s ms on a few rows, at most %s ms are allowed',
      round(extract(epoch from v_took) * 1000), round(extract(epoch from v_setting.max_probe_time) * 1000)
    );
  end if;
  return null;
end
$$;
