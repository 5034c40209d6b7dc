-- What each filter of a feed passes of new rows, each tried alone; the ones that raise or take too long are suspended.
--
-- Runs when the pass over all filters at once raised, or took too long (p_is_slow). Then each filter is looked at by
-- itself: a statement's time limit fires once, so nothing else cuts a slow one short here. It gets more rows each time
-- while it is within max_match_time. If none alone takes that long but all together do, it is the slowest; and if they
-- do not either, whatever held the batch up was no filter.
create or replace function chat.match_filters_apart(
  p_feed_id integer,
  p_row_ids bigint[],
  p_is_slow boolean,
  out filter_ids integer[],
  out bits bytea[]
)
language plpgsql
volatile
as $$
declare
  v_setting chat.setting := (select s from chat.setting as s);
  v_is_slow boolean := p_is_slow;
  v_filters integer := 0;
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
    v_match := chat.match_filter(
      p_feed_id, p_row_ids, v_filter.canonical, case when v_is_slow then v_setting.max_match_time end
    );
    if v_match.was_canceled then
      -- The limit came now, while this one ran: that is no fault of it yet.
      v_is_slow := true;
      v_match := chat.match_filter(p_feed_id, p_row_ids, v_filter.canonical, v_setting.max_match_time);
    end if;
    v_filters := v_filters + 1;
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
  -- A millisecond is what looking at a filter takes in itself.
  if v_is_slow and not v_suspended and v_total > v_setting.max_pass_time + v_filters * interval '1 ms' then
    perform chat.suspend_filter(
      v_slowest_id,
      format('it took %s ms for %s rows', round(extract(epoch from v_slowest) * 1000), cardinality(p_row_ids))
    );
    v_suspended := true;
  end if;
  if v_suspended then
    perform chat.refresh_router(p_feed_id);
  elsif not p_is_slow then
    raise warning 'the filters of feed % raise together, and none of them alone', p_feed_id;
  end if;
end
$$;
