-- Why a condition's parse tree may mean something else in another database; null if it may not.
--
-- The columns bring their collation (chat.code_points) to whatever they are compared with. Where literals are alone,
-- Postgres takes the database's.
create or replace function chat.check_collation(p_quals text)
returns text
language plpgsql
stable
as $$
declare
  v_call text;
begin
  select coalesce(substring(c.signature from '^(?:lower|upper)') || '()', 'the comparison')
  into v_call
  from regexp_matches(p_quals, ':(funcid|opno) (\d+) [^{}]*:inputcollid (\d+)', 'g') as m
  cross join lateral (
    select m[2]::oid where m[1] = 'funcid'
    union all
    select o.oprcode from pg_operator as o where m[1] = 'opno' and o.oid = m[2]::oid
  ) as f(function)
  cross join lateral (select f.function::regprocedure::text) as c(signature)
  where m[3]::oid <> 'chat.code_points'::regcollation
    and c.signature ~ '^(lower|upper|text_(lt|le|gt|ge)|texticn?like)\('
  limit 1;
  if not found and position(':collOid ' in p_quals) > 0 and exists (
    select from regexp_matches(p_quals, ':collOid (\d+)', 'g') as m where m[1]::oid <> 'chat.code_points'::regcollation
  ) then
    return 'a collation is not allowed in a filter';
  end if;
  if position(':minmaxtype ' || 'jsonb'::regtype::oid || ' ' in p_quals) > 0 then
    return 'greatest() and least() of JSON are not allowed in a filter; take texts out by ->>';
  end if;
  if v_call is null and position(':minmaxcollid ' in p_quals) > 0 and exists (
    select
    from regexp_matches(p_quals, ':minmaxcollid (\d+)', 'g') as m
    where m[1]::oid not in (0, 'chat.code_points'::regcollation)
  ) then
    v_call := 'greatest() or least()';
  end if;
  return v_call || ' of texts of which none is a column is not allowed in a filter; write the result';
end
$$;
