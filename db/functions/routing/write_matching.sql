-- The part of a feed's router that evaluates its filters: p_tests are selects of write_filter_tests, null for none.
--
-- A filter's verdicts are bits from the start: putting them together costs a few nanoseconds a row, where a row for
-- every match took ten times as long as the test. No feed may have columns of the names that begin with an
-- underscore.
create or replace function chat.write_matching(p_feed_id integer, p_feed text, p_filters integer, p_tests text)
returns text
language sql
immutable
as $$
  select case when p_tests is null then '' else format(
    $body$
  v_started := clock_timestamp();
  begin
    with placed as materialized (
      select n.*, (row_number() over (order by n.%1$I) - 1)::integer as _place from new_rows as n
    ),
    numbered as materialized (
      select p.*, p._place / 64 as _number, 1::bigint << (63 - p._place %% 64) as _mask from placed as p
    ),
    word as materialized (
      select m.number, u.filter_id, coalesce(u.word, 0) as word
      from (
        %2$s
      ) as m
      cross join lateral unnest(m.filter_ids, m.words) as u(filter_id, word)
      -- A batch of one word has no other whose place a missing one would take.
      where u.word is not null or cardinality(v_row_ids) > 64
    ),
    matched as (
      select
        w.filter_id,
        substring(
          string_agg(int8send(w.word), '' order by w.number) from 1 for (cardinality(v_row_ids) + 7) / 8
        ) as bits
      from word as w
      group by w.filter_id
      having bit_or(w.word) <> 0
    )
    select
      coalesce(array_agg(m.filter_id), '{}'),
      coalesce(array_agg(m.bits), '{}'),
      (
        select string_agg(int8send(a.word), '' order by a.number)
        from (select w.number, bit_or(w.word) as word from word as w group by w.number) as a
      )
    into v_filter_ids, v_bits, v_wanted
    from matched as m;
  exception
    when query_canceled or others then
      select a.filter_ids, a.bits
      into v_filter_ids, v_bits
      from chat.match_filters_apart(%3$s, v_row_ids, sqlstate = '57014') as a;
      v_wanted := null;
      v_started := clock_timestamp();
  end;
  if chat.is_slow_pass(clock_timestamp() - v_started, %4$s, cardinality(v_row_ids)) then
    select a.filter_ids, a.bits into v_filter_ids, v_bits from chat.match_filters_apart(%3$s, v_row_ids, true) as a;
    v_wanted := null;
  end if;
$body$,
    p_feed || '_id',
    p_tests,
    p_feed_id,
    p_filters
  ) end
$$;
