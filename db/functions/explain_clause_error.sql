-- What Postgres's refusal of a clause means to the person who wrote it.
--
-- By SQLSTATE and, within one, by words of the message that come from the clause itself. Everything else is answered
-- in words of our own: the server's may tell of other relations or of settings.
create or replace function chat.explain_clause_error(p_feed_id integer, p_clause text, p_sqlstate text, p_message text)
returns text
language plpgsql
stable
set search_path = pg_catalog, pg_temp
as $$
declare
  v_near text := substring(p_message from 'at or near "(.*)"');
  v_literal text := substring(p_message from 'invalid input syntax for type \w[\w ]*: "(.*)"');
  v_column text;
begin
  if v_literal is not null then
    select c.field_name
    into v_column
    from chat.feed_column as c
    where c.feed_id = p_feed_id
      and c.type_name <> 'text'
      and p_clause ~* ('\m(' || c.field_name || '|' || c.column_name || ')\M')
    order by c.position
    limit 1;
    return format('compares a number%s with text %L', ' (' || v_column || ')', v_literal);
  end if;
  return case
    when p_sqlstate = '42601' and v_near = ')' then 'the clause ends too early, or something is missing before `)`'
    when p_sqlstate = '42601' and v_near is not null then format('syntax error at `%s`', v_near)
    when p_sqlstate = '42601' then 'syntax error'
    when p_sqlstate = '42804' and p_message ~ '^argument of WHERE ' then
      format(
        'the clause is a value (%s), not a condition; compare it with something',
        substring(p_message from 'not type (.*)$')
      )
    when p_sqlstate in ('42804', '42883', '42725', '42P18', '42846') then p_message
    when p_sqlstate = '22012' then 'divides by zero on a row where the divisor is 0; guard it with nullif(…, 0)'
    when p_sqlstate = '22003' then 'a number is out of range'
    when p_sqlstate = '2201B' or p_sqlstate = '22025' then 'the LIKE pattern is not valid'
    when p_sqlstate = '57014' then 'the clause takes too long'
    when p_sqlstate = '54001' then 'the clause is nested too deeply'
    when p_sqlstate like '22%' then format('the clause raises an error on some rows: %s', p_message)
    else format('Postgres does not take the clause as a condition (%s)', p_sqlstate)
  end;
end
$$;
