-- Why a value in a condition's parse tree is not allowed, by its type or as a column; null if all of them are.
create or replace function chat.check_values(p_feed_id integer, p_quals text)
returns text
language plpgsql
stable
as $$
declare
  v_bad text;
begin
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
  if position(':consttype ' || 'timestamp'::regtype::oid || ' ' in p_quals) > 0 then
    return 'a time without a zone is not allowed in a filter; leave AT TIME ZONE out and compare the column itself';
  end if;
  if cardinality(string_to_array(p_quals, '{VAR ')) - 1 <> (
    select count(*)
    from regexp_matches(p_quals, '\{VAR :varno 1 :varattno (\d+) ', 'g') as m
    join pg_attribute as a on a.attnum = m[1]::integer
    join chat.feed as f on f.feed_id = p_feed_id and a.attrelid = format('feed.%I', f.name)::regclass
    join chat.feed_column as c on c.feed_id = f.feed_id and c.column_name = a.attname
  ) then
    return 'the clause names something that is no column of the feed';
  end if;
  return null;
end
$$;
