-- What Postgres's refusal of a clause means to the person who wrote it, and where in the clause it is, if known.
--
-- By SQLSTATE, by the place that Postgres told (p_place, in characters from 1, or null), and by our own reading of the
-- clause. Everything is answered in words of our own, since the server's may tell of other relations or of settings; of
-- its message only names of types, operators and functions are taken, which are the same in every language.
create or replace function chat.explain_clause_error(
  p_feed_id integer,
  p_clause text,
  p_sqlstate text,
  p_message text,
  p_place integer default null,
  out reason text,
  out place integer
)
language plpgsql
stable
as $$
begin
  place := coalesce(p_place, chat.find_culprit(p_clause, p_sqlstate, p_message));
  reason := case
    when p_sqlstate = '42601' then chat.explain_syntax(p_clause, place)
    when p_sqlstate = '42703' then chat.explain_missing_column(p_clause, place)
    when p_sqlstate = '42704' then chat.explain_missing_type(p_clause, place)
    when p_sqlstate in ('22P02', '22007', '22008') then chat.explain_literal(p_feed_id, p_clause, p_message, place)
    when p_sqlstate in ('42804', '42883', '42725', '42P18', '42846') then
      coalesce(chat.explain_types(p_message), 'parts of the clause are of kinds that do not go together')
        || case when p_sqlstate = '42883' then chat.hint_at_names(p_feed_id, p_clause) else '' end
        || chat.hint_at_type(p_feed_id, p_clause, place)
    when p_sqlstate = '22023' then
      'extract() takes out year, quarter, month, week, day, hour, minute, second, dow, isodow or doy'
    when p_sqlstate = '22012' then 'divides by zero on a row where the divisor is 0; guard it with nullif(…, 0)'
    when p_sqlstate = '22003' then 'a number is out of range'
    when p_sqlstate = '0A000' then 'NaN and infinity cannot be made integers; compare the number itself'
    when p_sqlstate in ('2201B', '22019', '22025') then 'the LIKE pattern is not valid'
    when p_sqlstate = '22011' then 'the length given to substring() is negative on some rows'
    when p_sqlstate = '54001' then 'the clause is nested too deeply'
    when p_sqlstate like '53%' then 'the server has not enough memory or room for it'
    when p_sqlstate like '22%' then format('the clause raises an error on some rows (%s)', p_sqlstate)
    else format('Postgres does not take the clause as a condition (%s)', p_sqlstate)
  end;
  -- Where it ends, nothing can be marked.
  if place not between 1 and length(p_clause) then
    place := null;
  end if;
end
$$;
