-- The part of a feed's router that evaluates its filters: the p_filters in the tests of write_filter_tests one by one,
-- null for none, the signatures all filters of each together.
--
-- If the pass raises, or takes too long, all are looked at apart. WHEN OTHERS does not catch a statement timeout, so
-- that is named.
create or replace function chat.write_matching(
  p_feed chat.feed,
  p_filters integer,
  p_tests text,
  p_signatures chat.signature[]
)
returns text
language sql
stable
as $$
  select case when p_tests is null and p_signatures = '{}' then '' else format(
    $body$
  _v_started := clock_timestamp();
  begin
%1$s%2$s
  exception
    when query_canceled or others then
      select a.filter_ids, a.bits
      into _v_filter_ids, _v_bits
      from chat.match_filters_apart(%3$s, _v_row_ids, sqlstate = '57014') as a;
      _v_group_ids := '{}';
      _v_wanted := null;
      _v_started := clock_timestamp();
  end;
  if chat.is_slow_pass(clock_timestamp() - _v_started, %4$s, cardinality(_v_row_ids)) then
    select a.filter_ids, a.bits into _v_filter_ids, _v_bits from chat.match_filters_apart(%3$s, _v_row_ids, true) as a;
    _v_group_ids := '{}';
    _v_wanted := null;
  end if;
$body$,
    case when p_tests is not null then chat.write_pass(p_feed, p_tests) end,
    chat.write_passes(p_feed, p_signatures),
    p_feed.feed_id,
    p_filters
  ) end
$$;
