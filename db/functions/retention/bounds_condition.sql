-- That a key is one of a partition's, as a condition: with it in a constraint, Postgres need not read the rows to know.
create or replace function chat.bounds_condition(p_key name, p_from_key bigint, p_until_key bigint)
returns text
language sql
immutable
as $$
  select format('%1$I < %2$s', p_key, p_until_key)
    || case when p_from_key is null then '' else format(' and %I >= %s', p_key, p_from_key) end
$$;
