-- Filters as a router evaluates them: selects that yield one word of bits per filter for every 64 rows.
--
-- At most 250 filters per select, since planning compares each aggregate with those before it; and fewer where they
-- copy texts: what one select's filters make of a row of 1 MiB is in memory together. Which ones copy is guessed by
-- their text. The tree that knows (list_work_calls) is gone once a clause was judged, and keeping a count with each
-- filter would take a column that filters from before lack; a call too many here only makes a select shorter.
create or replace function chat.write_filter_tests(p_filter_ids integer[], p_canonicals text[])
returns text
language sql
immutable
as $$
  with weighed as (
    select
      f.*,
      sum(1 + 4 * regexp_count(f.canonical, '[a-z"]\(|~~')) over (order by f.place) as up_to
    from unnest(p_filter_ids, p_canonicals) with ordinality as f(filter_id, canonical, place)
  )
  select string_agg(s.text, e'\n        union all\n        ' order by s.number)
  from (
    select
      (f.up_to - 1) / 250 as number,
      format(
        e'select _number as number, %L::integer[] as filter_ids, array[\n          %s\n        ] as words '
        'from numbered group by _number',
        array_agg(f.filter_id order by f.place),
        string_agg(format('bit_or(_mask) filter (where %s)', f.canonical), e',\n          ' order by f.place)
      ) as text
    from weighed as f
    group by 1
  ) as s
$$;
