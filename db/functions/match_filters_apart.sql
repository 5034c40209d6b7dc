-- What each filter of a feed passes of new rows, each tried alone; the ones that raise or take too long are suspended.
--
-- Runs when the pass over all filters at once failed; p_sqlstate says why. After a time limit (57014) each filter is
-- looked at by itself: a limit fires once a statement, so nothing else cuts a slow one short here. It gets more rows
-- each time while it is within max_match_time. If none alone takes that long but all together take half the limit, it
-- is the slowest; and if they do not, whatever held the batch up was no filter.
create or replace function chat.match_filters_apart(
  p_feed_id integer,
  p_row_ids bigint[],
  p_sqlstate text,
  out filter_ids integer[],
  out bits bytea[]
)
language plpgsql
volatile
as $$
declare
  v_allowed interval := (
    select s.max_match_time from chat.setting as s where p_sqlstate = '57014'
  );
  v_filter record;
  v_match record;
  v_total interval := '0';
  v_slowest interval := '0';
  v_slowest_id integer;
  v_suspended boolean := false;
begin
  filter_ids := '{}';
  bits := '{}';
  for v_filter in
    select f.filter_id, f.canonical from chat.list_routed_filters(p_feed_id) as f order by f.filter_id
  loop
    v_match := chat.match_filter(p_feed_id, p_row_ids, v_filter.canonical, v_allowed);
    if v_match.error is not null then
      perform chat.suspend_filter(v_filter.filter_id, v_match.error);
      v_suspended := true;
      continue;
    end if;
    v_total := v_total + v_match.took;
    if v_match.took > v_slowest then
      v_slowest := v_match.took;
      v_slowest_id := v_filter.filter_id;
    end if;
    if v_match.bits is not null then
      filter_ids := filter_ids || v_filter.filter_id;
      bits := bits || v_match.bits;
    end if;
  end loop;
  if v_total > greatest(v_allowed, current_setting('statement_timeout')::interval / 2)
    and p_sqlstate = '57014'
    and not v_suspended then
    perform chat.suspend_filter(
      v_slowest_id,
      format('it took %s ms for %s rows', round(extract(epoch from v_slowest) * 1000), cardinality(p_row_ids))
    );
    v_suspended := true;
  end if;
  if v_suspended then
    perform chat.refresh_router(p_feed_id);
  end if;
end
$$;
