-- Why a function that a condition's parse tree calls is not allowed, also behind operators and casts; null if all are.
--
-- Operators are checked by opno too, since the parser may leave opfuncid 0. A listed function must still be immutable
-- and return one value.
create or replace function chat.check_calls(p_quals text)
returns text
language plpgsql
stable
as $$
declare
  v_bad text;
begin
  with called as (
    select m[2]::oid as function
    from regexp_matches(p_quals, ':(funcid|opfuncid|hashfuncid|negfuncid) (\d+)', 'g') as m
    where m[2] <> '0'
    union
    select o.oprcode
    from regexp_matches(p_quals, ':opno (\d+)', 'g') as m
    left join pg_operator as o on o.oid = m[1]::oid
  )
  select coalesce(c.function::regprocedure::text, 'an unknown operator')
  into v_bad
  from called as c
  where c.function is null
    or not exists (
      select
      from pg_proc as p
      cross join chat.allowed_function as a
      where p.oid = c.function and p.provolatile = 'i' and not p.proretset
        and chat.is_signature_of(a.signature, p.oid, p.proname)
    )
  limit 1;
  if found then
    return chat.explain_function(v_bad);
  end if;
  if position(':multidims true' in p_quals) > 0 then
    return 'a list in a list is not allowed in a filter';
  end if;
  if position(':opretset true' in p_quals) + position(':funcretset true' in p_quals)
    + position(':funcvariadic true' in p_quals) > 0
  then
    return 'a function that returns several rows, or takes any number of arguments, is not allowed in a filter';
  end if;
  return null;
end
$$;
