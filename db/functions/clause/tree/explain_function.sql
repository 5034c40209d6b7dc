-- Why a function, or the one behind an operator or a cast, may not be called; p_signature as regprocedure shows it.
create or replace function chat.explain_function(p_signature text)
returns text
language sql
immutable
as $$
  select case
    when p_signature ~ '^numeric_' then
      'arithmetic on two numbers with a point is not allowed in a filter; write the result, or a column in between'
    when p_signature ~ '\(numeric\)$' then
      format(
        '%s() of a number with a point is not allowed in a filter; write the result', split_part(p_signature, '(', 1)
      )
    when p_signature ~ '^"?substring"?\(text,text' then
      'substring() with a pattern is not allowed in a filter; write substring(text from place for length)'
    else format('%s is not allowed in a filter', replace(p_signature, '"', ''))
  end
$$;
