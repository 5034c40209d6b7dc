-- What each filter of a feed passes of new rows, tried alone; the ones that raise or take too long are suspended.
--
-- Runs when the pass over all filters at once raised, or took too long (p_is_slow). Then each signature is tried by
-- itself, and then each filter of those that raise, or that go without one: a statement's time limit fires once, so
-- nothing else cuts a slow one short here. It gets more rows each time while it is within max_match_time. If no filter
-- takes that long alone but all together do, the slowest is suspended; and if they do not either, whatever held the
-- batch up was no filter.
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
  v_max_time interval := (select s.max_pass_time from chat.setting as s);
  v_apart record;
  v_match record;
  v_is_slow boolean := p_is_slow;
  v_total interval := '0';
  v_slowest interval := '0';
  v_slowest_id integer;
  v_has_suspended boolean := false;
begin
  v_apart := chat.match_signatures_apart(p_feed_id, p_row_ids);
  filter_ids := v_apart.filter_ids;
  bits := v_apart.bits;
  for v_match in
    select m.* from chat.match_each_filter(p_feed_id, p_row_ids, v_apart.left_ids, p_is_slow) as m
  loop
    v_is_slow := v_is_slow or coalesce(v_match.was_canceled, false);
    -- Looking at a filter takes a millisecond in itself.
    v_total := v_total - interval '1 ms';
    if v_match.error is not null then
      perform chat.suspend_filter(v_match.filter_id, v_match.error);
      v_has_suspended := true;
      continue;
    end if;
    v_total := v_total + v_match.took;
    if v_match.took > v_slowest then
      v_slowest := v_match.took;
      v_slowest_id := v_match.filter_id;
    end if;
    if v_match.bits is not null then
      filter_ids := filter_ids || v_match.filter_id;
      bits := bits || v_match.bits;
    end if;
  end loop;
  if v_is_slow and not v_has_suspended and v_total > v_max_time then
    perform chat.suspend_filter(
      v_slowest_id,
      format('it took %s ms for %s rows', round(extract(epoch from v_slowest) * 1000), cardinality(p_row_ids))
    );
    v_has_suspended := true;
  end if;
  if v_has_suspended then
    perform chat.refresh_stale_routers();
  elsif v_apart.left_signatures <> '{}' and not p_is_slow then
    perform chat.give_up_signatures(v_apart.left_signatures);
  elsif not p_is_slow then
    raise warning 'the filters of feed % raise together, and none of them alone', p_feed_id;
  end if;
end
$$;
