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
  select case when c.signature ~ '^(lower|upper)\(' then split_part(c.signature, '(', 1) || '()' else 'the comparison' end
  into v_call
  from regexp_matches(p_quals, ':(funcid|opno) (\d+) [^{}]*:inputcollid (\d+)', 'g') as m
  cross join lateral (
    select case m[1] when 'opno' then (select o.oprcode from pg_operator as o where o.oid = m[2]::oid) else m[2]::regproc end
  ) as f(function)
  cross join lateral (select f.function::oid::regprocedure::text) as c(signature)
  where m[3]::oid <> 'chat.code_points'::regcollation
    and c.signature ~ '^(lower|upper|text_(lt|le|gt|ge)|texticn?like)\('
  limit 1;
  if not found and exists (
    select
    from regexp_matches(p_quals, ':minmaxcollid (\d+)', 'g') as m
    where m[1]::oid not in (0, 'chat.code_points'::regcollation)
  ) then
    v_call := 'greatest() or least()';
  end if;
  return v_call || ' of texts of which none is a column is not allowed in a filter; write the result';
end
$$;
