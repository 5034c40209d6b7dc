-- Third gate: why a condition's parse tree is not allowed; null if it is. Allowed is what the allowed_… tables list.
--
-- Postgres's dependencies are no use here: built-in functions are pinned and not recorded. Operators are checked by
-- opno too, since the parser may leave opfuncid 0. A listed function must still be immutable and return one value.
create or replace function chat.check_tree(p_feed_id integer, p_quals text)
returns text
language plpgsql
stable
as $$
declare
  v_max_nodes integer := (select s.max_clause_nodes from chat.setting as s);
  v_nodes integer := regexp_count(p_quals, '\{');
  v_bad text;
begin
  if v_nodes > v_max_nodes then
    return format('the clause has %s parts; at most %s are allowed', v_nodes, v_max_nodes);
  end if;

  select m[1]
  into v_bad
  from regexp_matches(p_quals, '\{([A-Z_0-9a-z]*)', 'g') as m
  where m[1] not in (select a.node from chat.allowed_node as a)
  limit 1;
  if found then
    return chat.explain_node(v_bad);
  end if;

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
    or c.function not in (
      select p.oid
      from chat.allowed_function as a
      join pg_proc as p on p.oid = to_regprocedure(a.signature) and p.provolatile = 'i' and not p.proretset
    )
  limit 1;
  if found then
    return chat.explain_function(v_bad);
  end if;

  select format_type(m[2]::oid, null)
  into v_bad
  from regexp_matches(
    p_quals,
    ':(consttype|vartype|funcresulttype|opresulttype|resulttype|array_typeid|element_typeid|casetype|coalescetype'
    '|minmaxtype|typeId) (\d+)',
    'g'
  ) as m
  where m[2]::oid not in (select to_regtype(a.type_name)::oid from chat.allowed_type as a)
  limit 1;
  if found then
    return format('values of type %s are not allowed in a filter', v_bad);
  end if;

  if p_quals ~ ':(opretset|funcretset|funcvariadic|multidims) true' then
    return 'a function that returns several rows, or takes any number of arguments, is not allowed in a filter';
  end if;
  if regexp_count(p_quals, '\{VAR ') <> (
    select count(*)
    from regexp_matches(p_quals, '\{VAR :varno \d+ :varattno (\d+) [^{}]*:varlevelsup 0\M', 'g') as m
    join pg_attribute as a on a.attnum = m[1]::integer
    join chat.feed as f on f.feed_id = p_feed_id and a.attrelid = format('chat.%I', f.name)::regclass
    join chat.feed_column as c on c.feed_id = f.feed_id and c.column_name = a.attname
  ) then
    return 'the clause names something that is no column of the feed';
  end if;
  return chat.check_text_work(p_quals);
end
$$;
