-- How many keys a set of ranges holds.
create or replace function chat.count_keys(p_keys int8multirange)
returns bigint
language sql
immutable
strict
parallel safe
as $$
  select coalesce(sum(upper(r) - lower(r)), 0)::bigint from unnest(p_keys) as r
$$;
