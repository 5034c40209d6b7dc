-- Whether constants decide nothing about a condition: what is allowed with some is allowed with all of their kinds.
--
-- p_outline is its canonical text as outline_clause has it. It must be made of nothing but comparisons of a column with
-- constants, which never raise and cost nothing, joined by AND, OR and NOT. LIKE costs nothing where it looks for a
-- prefix; that this may be as long as outline_clause takes it is a rule that may be narrower. Nor may a warning depend
-- on constants, but for two comparisons of one column, which may exclude each other: a column of names may be compared
-- with one that is none, and of what is computed, the key, or under a check of an operator's own, Postgres knows more
-- than its type.
create or replace function chat.is_settled(p_feed_id integer, p_outline text)
returns boolean
language plpgsql
stable
as $$
declare
  v_comparison text := replace(
    '\((\w+) (?:(?:=|<>|<|<=|>|>=) @|!?~~ \u0001p::text|(?:= ANY|<> ALL) \(ARRAY\[@(?:, @)*\]\))\)',
    '@', '(?:\u0001[tp]::text|\u0001d|\u0001i|\(\u0001i\)::numeric)'
  );
  v_columns text[];
begin
  if regexp_replace(p_outline, v_comparison, '#', 'g') !~ '^(NOT |\()*#\)*( (AND|OR) (NOT |\()*#\)*)*$' then
    return false;
  end if;
  if position('~~ ' in p_outline) > 0 and exists (
    select
    from chat.allowed_function as a
    where a.signature in ('textlike(text,text)', 'textnlike(text,text)') and a.max_pattern < 100
  ) then
    return false;
  end if;
  v_columns := array(select distinct m[1] from regexp_matches(p_outline, v_comparison, 'g') as m);
  return (
    select count(*) = cardinality(v_columns)
    from chat.feed_column as c
    join chat.feed as f on f.feed_id = c.feed_id
    where c.feed_id = p_feed_id
      and c.column_name = any (v_columns)
      and not c.is_computed
      and c.column_name <> f.key_column
      and not exists (
        select
        from chat.feed_column as n
        where n.feed_id = p_feed_id and n.value_names is not null and n.column_name || '_name' = c.column_name
      )
      and not exists (
        select
        from pg_partition_tree(format('feed.%I', f.name)) as p
        join pg_constraint as o on o.conrelid = p.relid and o.contype = 'c'
        join pg_attribute as a on a.attrelid = o.conrelid and a.attnum = any (o.conkey)
        where a.attname = c.column_name
          and pg_get_constraintdef(o.oid) !~ '^CHECK \(\(octet_length\(\w+\) <= \d+\)\)$'
      )
  );
end
$$;
