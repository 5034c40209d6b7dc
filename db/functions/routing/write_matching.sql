-- The part of a feed's router that evaluates its filters: p_tests are selects of write_filter_tests, null for none.
--
-- If the pass over all filters raises, or takes too long, each filter is looked at by itself. WHEN OTHERS does not
-- catch a statement timeout, so that is named.
create or replace function chat.write_matching(p_feed chat.feed, p_filters integer, p_tests text)
returns text
language sql
immutable
as $$
  select case when p_tests is null then '' else format(
    $body$
  v_started := clock_timestamp();
  begin
%1$s
  exception
    when query_canceled or others then
      select a.filter_ids, a.bits
      into v_filter_ids, v_bits
      from chat.match_filters_apart(%2$s, v_row_ids, sqlstate = '57014') as a;
      v_wanted := null;
      v_started := clock_timestamp();
  end;
  if chat.is_slow_pass(clock_timestamp() - v_started, %3$s, cardinality(v_row_ids)) then
    select a.filter_ids, a.bits into v_filter_ids, v_bits from chat.match_filters_apart(%2$s, v_row_ids, true) as a;
    v_wanted := null;
  end if;
$body$,
    chat.write_pass(p_feed, p_tests),
    p_feed.feed_id,
    p_filters
  ) end
$$;
