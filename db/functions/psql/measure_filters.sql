-- What each routed filter costs on a feed's newest rows, measured now: microseconds per row, without reading it.
create or replace function chat.measure_filters(p_rows integer default 1000)
returns table (feed_id smallint, filter_id integer, us_per_row double precision)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
  v_feed record;
  v_filter record;
  v_plan json;
  v_reading double precision;
begin
  for v_feed in
    select
      f.feed_id as id,
      format('(select * from feed.%I order by %I desc limit %s) as r', f.name, f.key_column, p_rows) as source
    from chat.feed as f
    order by f.feed_id
  loop
    -- Twice, so that the rows are in memory for what follows.
    for i in 1..2 loop
      execute 'explain (analyze, timing off, format json) select count(*) from ' || v_feed.source into v_plan;
    end loop;
    v_reading := (v_plan -> 0 ->> 'Execution Time')::double precision;
    for v_filter in
      select l.filter_id as id, l.canonical from chat.list_routed_filters(v_feed.id) as l order by l.filter_id
    loop
      begin
        execute format(
          'explain (analyze, timing off, format json) select count(*) filter (where %s) from %s',
          v_filter.canonical, v_feed.source
        )
        into v_plan;
      exception
        when others then
          continue;
      end;
      feed_id := v_feed.id;
      filter_id := v_filter.id;
      us_per_row := 1000 * greatest(0, (v_plan -> 0 ->> 'Execution Time')::double precision - v_reading) / p_rows;
      return next;
    end loop;
  end loop;
end
$$;
