-- A set of keys as short text: `10-19,22` is 10 to 19, and 22.
create or replace function chat.encode_ranges(p_keys int8multirange)
returns text
language sql
immutable
strict
parallel safe
as $$
  select string_agg(
    case
      when upper(r) - lower(r) = 1 then lower(r)::text
      else lower(r) || '-' || upper(r) - 1
    end,
    ',' order by lower(r)
  )
  from unnest(p_keys) as r
$$;
