-- A set of keys as short text: `10-19,22` is 10 to 19, and 22. In PL/pgSQL, which keeps its plan.
create or replace function chat.encode_ranges(p_keys int8multirange)
returns text
language plpgsql
immutable
strict
parallel safe
as $$
begin
  -- The keys of nearly every batch: no aggregate has to be started.
  if range_merge(p_keys)::int8multirange = p_keys then
    return lower(p_keys) || case when upper(p_keys) - lower(p_keys) > 1 then '-' || upper(p_keys) - 1 else '' end;
  end if;
  return (
    select string_agg(
      lower(r) || case when upper(r) - lower(r) > 1 then '-' || upper(r) - 1 else '' end, ',' order by lower(r)
    )
    from unnest(p_keys) as r
  );
end
$$;
