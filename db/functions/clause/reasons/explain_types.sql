-- What it means that Postgres found types of a clause that do not fit; null if the message is none of those known.
--
-- Only names of types, of operators, of constructs and of allowed functions are taken from the server's message. They
-- are the same whatever language the rest of it is in.
create or replace function chat.explain_types(p_message text)
returns text
language plpgsql
stable
as $$
declare
  v_construct text := substring(p_message from '\m[A-Z]{2,}(?:[/ ][A-Z]{2,})*\M');
  v_types text[] := array(
    select chat.name_type(m[1])
    from regexp_matches(
      p_message,
      '\m((?:smallint|integer|bigint|real|double precision|numeric|text|unknown|character varying|boolean|record|jsonb'
      '|timestamp with(?:out)? time zone)(?:\[\])?)(?!\w)', 'g'
    ) as m
  );
begin
  if v_construct = 'WHERE' and v_types[2] = 'a list' then
    return 'the clause is a list, not a condition; join conditions with AND or OR, and write numbers without commas';
  elsif v_construct = 'WHERE' then
    return format('the clause is %s, not a condition; compare it with something', v_types[2]);
  elsif v_construct in ('AND', 'OR', 'NOT', 'CASE/WHEN') or v_construct ~ '^IS ' then
    return format('%s wants a condition, not %s; compare it with something', v_construct, v_types[2]);
  elsif v_construct is not null and cardinality(v_types) = 2 then
    return format('%s mixes %s with %s; its values must be of one kind', v_construct, v_types[1], v_types[2]);
  end if;
  return coalesce(
    chat.explain_operator(p_message),
    chat.explain_call(p_message),
    case when cardinality(v_types) = 2 then format('%s cannot be made %s', v_types[1], v_types[2]) end
  );
end
$$;
