-- Whether a canonical condition, or a part that AND joins at its top, is NOT IN with NULL among the values.
create or replace function chat.excludes_null(p_canonical text)
returns boolean
language sql
stable
as $$
  select exists (
    select
    from chat.split_condition(p_canonical) as c
    cross join lateral unnest(c.parts) as p(part)
    cross join lateral (
      select
        min(t.place) filter (where t.token = 'ALL' and t.depth = 1) as all_place,
        max(t.place) filter (where t.token = 'NULL' and t.depth = 2) as null_place
      from chat.list_clause_tokens(p.part) as t
    ) as f
    where c.connective is distinct from 'OR' and p.part like '%<> ALL (ARRAY[%' and f.null_place > f.all_place
  )
$$;
