-- Why a list in a condition's parse tree may not hold what it holds; null if it may.
--
-- A list is made of literals, or behind IN of what computes with literals: one of columns would copy them. A list that
-- is one literal is one of texts: a number in it would not be looked at, nor what a time was written as. LIKE ANY would
-- be as many searches as there are patterns.
create or replace function chat.check_arrays(p_quals text)
returns text
language plpgsql
stable
as $$
declare
  v_tree text;
begin
  if exists (
    select
    from regexp_matches(p_quals, ':consttype (\d+)', 'g') as m
    join pg_type as t on t.oid = m[1]::oid and t.typcategory = 'A' and t.oid <> 'text[]'::regtype
  ) then
    return 'a list that is one literal may hold texts alone; write IN (…, …)';
  end if;
  if position('{SCALARARRAYOPEXPR ' in p_quals) > 0 and exists (
    select
    from regexp_matches(p_quals, '\{SCALARARRAYOPEXPR :opno (\d+) ', 'g') as m
    join pg_operator as o on o.oid = m[1]::oid
    join chat.allowed_function as a on a.max_pattern is not null and to_regprocedure(a.signature) = o.oprcode
  ) then
    return 'ANY and ALL go behind = and <> in a filter; write the others one by one, joined by OR';
  end if;
  if position('{ARRAYEXPR ' in p_quals) = 0 then
    return null;
  end if;
  v_tree := chat.leave_out_lists(p_quals);
  -- From the inside out: a node becomes <v> if a column is in it, <> if none is.
  while v_tree ~ '\{ARRAYEXPR ' loop
    if v_tree ~ '\{ARRAYEXPR [^{}]*<v>[^{}]*\}' then
      return 'a list holds literals alone; compare columns one by one, joined by OR';
    end if;
    v_tree := regexp_replace(v_tree, '\{(VAR [^{}]*|[^{}]*<v>[^{}]*)\}', '<v>', 'g');
    v_tree := regexp_replace(v_tree, '\{[^{}<]*(<>[^{}<]*)*\}', '<>', 'g');
  end loop;
  return null;
end
$$;
