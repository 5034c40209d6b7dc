-- A set of keys as short text, less a base: `0-9,12` is the base to the base + 9, and the base + 12.
create or replace function chat.encode_ranges(p_keys int8multirange, p_base bigint)
returns text
language sql
immutable
strict
parallel safe
as $$
  select string_agg(
    case
      when upper(r) - lower(r) = 1 then (lower(r) - p_base)::text
      else (lower(r) - p_base) || '-' || (upper(r) - 1 - p_base)
    end,
    ',' order by lower(r)
  )
  from unnest(p_keys) as r
$$;
