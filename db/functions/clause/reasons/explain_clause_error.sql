-- What Postgres's refusal of a clause means to the person who wrote it.
--
-- By SQLSTATE and, within one, by words of the message that come from the clause itself. Everything is answered in
-- words of our own: the server's may tell of other relations or of settings. p_place is where in the clause it was, if
-- told.
create or replace function chat.explain_clause_error(
  p_feed_id integer,
  p_clause text,
  p_sqlstate text,
  p_message text,
  p_place integer default null
)
returns text
language plpgsql
stable
as $$
declare
  v_near text := substring(p_message from 'at or near "(.*)"$');
  v_literal text[] := regexp_match(p_message, '^invalid input syntax for type (\w[\w ]*): "(.*)"$');
  v_column text;
begin
  if v_literal[1] = 'boolean' then
    return format('%L stands where a condition should; compare it with something', v_literal[2]);
  end if;
  if v_literal is not null then
    v_column := chat.find_compared_column(p_feed_id, p_clause, v_literal[2], p_place);
    return format('compares a number%s with text %L', ' (' || v_column || ')', v_literal[2]);
  end if;
  return case
    -- The parenthesis that was put around the clause, unless it is told to be one in it.
    when p_sqlstate = '42601' and v_near = ')' and p_place <= length(p_clause) then 'something is missing before `)`'
    when p_sqlstate = '42601' and v_near = ')' then 'the clause ends too early'
    -- A token longer than the clause stands in what was put around it.
    when p_sqlstate = '42601' and position(v_near in p_clause) > 0 then format('syntax error at `%s`', v_near)
    when p_sqlstate = '42601' then 'syntax error'
    when p_sqlstate in ('42804', '42883', '42725', '42P18', '42846') then
      coalesce(chat.explain_types(p_message), 'parts of the clause are of kinds that do not go together')
    when p_sqlstate = '22012' then 'divides by zero on a row where the divisor is 0; guard it with nullif(…, 0)'
    when p_sqlstate = '22003' then 'a number is out of range'
    when p_sqlstate in ('2201B', '22025') then 'the LIKE pattern is not valid'
    when p_sqlstate = '22011' then 'the length given to substring() is negative on some rows'
    when p_sqlstate = '54001' then 'the clause is nested too deeply'
    when p_sqlstate like '53%' then 'the server has not enough memory or room for it'
    when p_sqlstate like '22%' then format('the clause raises an error on some rows (%s)', p_sqlstate)
    else format('Postgres does not take the clause as a condition (%s)', p_sqlstate)
  end;
end
$$;
