-- What each filter of a feed passes of new rows, each tried alone; the ones that raise or take too long are suspended.
--
-- Runs when the pass over all filters at once failed, p_sqlstate says why. A statement timeout (57014) fires once a
-- statement, so nothing cuts a slow filter short here; every allowed filter ends by itself, and the slowest was the
-- culprit.
create or replace function chat.match_filters_apart(
  p_feed_id integer,
  p_row_ids bigint[],
  p_sqlstate text,
  out filter_ids integer[],
  out matches int8multirange[]
)
language plpgsql
volatile
as $$
declare
  v_feed text := (select f.name from chat.feed as f where f.feed_id = p_feed_id);
  v_filter record;
  v_row_ids int8multirange;
  v_started timestamptz;
  v_took interval;
  v_slowest_took interval := '0';
  v_slowest_id integer;
  v_suspended boolean := false;
begin
  filter_ids := '{}';
  matches := '{}';
  for v_filter in
    select f.filter_id, f.canonical from chat.list_routed_filters(p_feed_id) as f order by f.filter_id
  loop
    v_started := clock_timestamp();
    begin
      execute format(
        'select range_agg(int8range(%1$I, %1$I, ''[]'')) from chat.%2$I where %1$I = any ($1) and (%3$s)',
        v_feed || '_id', v_feed, v_filter.canonical
      )
      into v_row_ids
      using p_row_ids;
      if v_row_ids is not null then
        filter_ids := filter_ids || v_filter.filter_id;
        matches := matches || v_row_ids;
      end if;
    exception
      when query_canceled or others then
        perform chat.suspend_filter(v_filter.filter_id, sqlerrm);
        v_suspended := true;
    end;
    v_took := clock_timestamp() - v_started;
    if v_took > v_slowest_took then
      v_slowest_took := v_took;
      v_slowest_id := v_filter.filter_id;
    end if;
  end loop;
  if p_sqlstate = '57014' and v_slowest_id is not null then
    perform chat.suspend_filter(
      v_slowest_id,
      format('it took %s ms for %s rows', round(extract(epoch from v_slowest_took) * 1000), cardinality(p_row_ids))
    );
    v_suspended := true;
  end if;
  if v_suspended then
    perform chat.refresh_router(p_feed_id);
  end if;
end
$$;
