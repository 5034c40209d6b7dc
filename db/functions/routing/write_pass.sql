-- The statement in a feed's router that evaluates all its filters: p_tests are the selects of write_filter_tests.
--
-- A filter's verdicts are bits from the start: putting them together costs a few nanoseconds per row, where one row for
-- each match took ten times as long as the test. The names that begin with an underscore are the router's own; no feed
-- has such a column (a check of chat.feed_column). The order of the bits is that of block_log.bits: has_bit.sql.
create or replace function chat.write_pass(p_feed chat.feed, p_tests text)
returns text
language sql
immutable
as $$
  select format(
    $body$
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
      -- In a batch of one word, no other could take the place of one that is missing.
      where u.word is not null or cardinality(_v_row_ids) > 64
    ),
    matched as (
      select
        w.filter_id,
        substring(
          string_agg(int8send(w.word), '' order by w.number) from 1 for (cardinality(_v_row_ids) + 7) / 8
        ) as bits
      from word as w
      group by w.filter_id
      having bit_or(w.word) <> 0
    )
    select
      coalesce(array_agg(m.filter_id), '{}'),
      coalesce(array_agg(m.bits), '{}'),
      (
        select substring(
          string_agg(int8send(a.word), '' order by a.number) from 1 for (cardinality(_v_row_ids) + 7) / 8
        )
        from (select w.number, bit_or(w.word) as word from word as w group by w.number) as a
      )
    into _v_filter_ids, _v_bits, _v_wanted
    from matched as m;$body$,
    p_feed.key_column,
    p_tests
  )
$$;
