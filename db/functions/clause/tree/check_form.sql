-- Why a condition's parse tree cannot be read; null if every node is written as the tree stage knows it.
--
-- The other checks look for functions, types and columns behind their labels. A version of Postgres that names a label
-- otherwise, adds one, or writes another kind of value behind it would hide some from them: then nothing may pass. The
-- forms are those of PostgreSQL 16 to 18 (src/include/nodes/primnodes.h), up to where a node's arguments begin.
create or replace function chat.check_form(p_quals text)
returns text
language sql
immutable
as $$
  with form(node, head) as (
    values
      ('VAR', 'varno 1 :varattno -?\d+ :vartype \d+ [^()]*\(b\) :varlevelsup 0 '),
      ('CONST', 'consttype \d+ .*:constlen -?\d+ .*:constisnull (true|false) .*:constvalue (\d+ \[|<>)'),
      ('FUNCEXPR', 'funcid \d+ :funcresulttype \d+ :funcretset (true|false) :funcvariadic (true|false) .*:args '),
      ('SCALARARRAYOPEXPR', 'opno \d+ :opfuncid \d+ :hashfuncid \d+ :negfuncid \d+ :useOr (true|false) .*:args '),
      ('ARRAYEXPR', 'array_typeid \d+ :array_collid \d+ :element_typeid \d+ :elements '),
      ('CASEWHEN', 'expr '), ('CASETESTEXPR', 'typeId \d+ '),
      ('CASEEXPR', 'casetype \d+ .*:arg '),
      ('COALESCEEXPR', 'coalescetype \d+ .*:args '), ('MINMAXEXPR', 'minmaxtype \d+ .*:args '),
      ('BOOLEXPR', 'boolop (and|or|not) :args ')
    union all
    select unnest('{OPEXPR,DISTINCTEXPR,NULLIFEXPR}'::text[]),
      'opno \d+ :opfuncid \d+ :opresulttype \d+ :opretset (true|false) .*:args '
    union all select unnest('{RELABELTYPE,COLLATEEXPR,NULLTEST,BOOLEANTEST}'::text[]), 'arg '
  ),
  label(name) as (
    select unnest(string_to_array(
      'varno varattno vartype vartypmod varcollid varnullingrels varlevelsup varreturningtype varnosyn varattnosyn '
      'consttype consttypmod constcollid constlen constbyval constisnull constvalue '
      'funcid funcresulttype funcretset funcvariadic funcformat funccollid inputcollid args location '
      'opno opfuncid opresulttype opretset opcollid hashfuncid negfuncid useOr '
      'array_typeid array_collid element_typeid elements multidims list_start list_end '
      'arg resulttype resulttypmod resultcollid relabelformat collOid '
      'casetype casecollid defresult expr result typeId typeMod collation '
      'coalescetype coalescecollid minmaxtype minmaxcollid op boolop nulltesttype argisrow booltesttype', ' '
    ))
  )
  select format('the clause holds something that cannot be read on this version of Postgres (%s)', u.name)
  from (
    select chat.fold_word(n.parts[1])
    from regexp_matches(p_quals, '\{(\w*)([^{}]*)', 'g') as n(parts)
    where not exists (select from form as f where f.node = n.parts[1] and n.parts[2] ~ ('^ :' || f.head))
    union all
    select m.parts[1]
    from regexp_matches(p_quals, ':(\w*)', 'g') as m(parts)
    where m.parts[1] not in (select l.name from label as l)
    union all
    -- What closes a node behind its arguments.
    select w.name
    from (
      values
        ('relabeltype', '{RELABELTYPE ', ':resulttype ', '\d+ '),
        ('collateexpr', '{COLLATEEXPR ', ':collOid ', '\d+ '),
        ('arrayexpr', '{ARRAYEXPR ', ':multidims ', '(true|false) ')
    ) as w(name, node, label, value)
    where case
      when position(w.node in p_quals) + position(w.label in p_quals) > 0
        then cardinality(string_to_array(p_quals, w.node)) - 1 <> regexp_count(p_quals, w.label || w.value)
    end
  ) as u(name)
  limit 1
$$;
