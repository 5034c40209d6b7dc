-- The rows of a batch with a bit each, in the order of their keys, as CTEs.
--
-- `placed` are those of which what is compared can be sorted fast, `odd` the others, for which p_oddities are tests.
-- p_source are the rows, p_zero an expression for as many zero bits as there are rows, in whole bytes.
create or replace function chat.write_placed(p_feed_id integer, p_source text, p_zero text, p_oddities text[])
returns text
language sql
stable
as $$
  select format(
    $sql$
    with numbered as materialized (
      select
        n.*,
        set_bit(%2$s, (row_number() over (order by n.%1$I) - 1)::integer, 1) as _bit,
        %4$s as _is_odd
      from %3$s as n
    ),
    placed as (select * from numbered where not _is_odd),
    odd as (select * from numbered where _is_odd)$sql$,
    f.key_column,
    p_zero,
    p_source,
    coalesce(nullif(array_to_string(p_oddities, ' or '), ''), 'false')
  )
  from chat.feed as f
  where f.feed_id = p_feed_id
$$;
