-- The part of a feed's router that evaluates its filters; empty if there are none.
--
-- array_remove before unnest: of a thousand filters few pass a row, and making a row of each null costs more than the
-- tests.
create or replace function chat.generate_matching(p_feed_id integer, p_feed text, p_tests text)
returns text
language sql
immutable
as $$
  select case when p_tests is null then '' else format(
    $body$
  begin
    select coalesce(array_agg(m.filter_id), '{}'), coalesce(array_agg(m.row_ids), '{}')
    into v_filter_ids, v_matches
    from (
      select t.filter_id, range_agg(t.key) as row_ids
      from (
        select
          r.key,
          unnest(array_remove(array[
          %2$s
          ], null)) as filter_id
        from (select *, int8range(%1$I, %1$I, '[]') as key from new_rows offset 0) as r
      ) as t
      group by t.filter_id
    ) as m;
  exception
    when query_canceled or others then
      select a.filter_ids, a.matches
      into v_filter_ids, v_matches
      from chat.match_filters_apart(%3$s, v_row_ids, sqlstate) as a;
  end;
$body$,
    p_feed || '_id',
    p_tests,
    p_feed_id
  ) end
$$;
