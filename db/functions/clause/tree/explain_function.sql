-- Why a function, or the one behind an operator or a cast, may not be called; p_signature as regprocedure shows it.
create or replace function chat.explain_function(p_signature text)
returns text
language sql
immutable
as $$
  select case
    when p_signature = 'like_escape(text,text)' then
      'ESCAPE takes one character in quotes, right behind the pattern in quotes: like ''50!%'' escape ''!'''
    when p_signature = '"numeric"(numeric,integer)' then
      'a number of digits behind numeric is not allowed in a filter; write round(…, 2)'
    when p_signature ~ '^"numeric"\((real|double precision)\)$' then
      'making a decimal of a float is not allowed in a filter; leave the cast to a float out'
    when p_signature ~ '^"?(numeric|bool|int[248]|float[48])"?\(jsonb\)$' then
      'making a number or a condition of JSON raises where it is none; '
      'write payload->''key'' > ''5'', or payload->''key'' = ''true'''
    when p_signature ~ '^"?extract"?\(text,timestamp with time zone\)' then
      'what day or hour a time is depends on the zone; write extract(hour from … at time zone ''UTC'')'
    when p_signature ~ '^timestamp_' then
      'AT TIME ZONE is for extract() alone: extract(hour from … at time zone ''UTC''); compare the column itself'
    when p_signature ~ '^timestamptz_(mi|pl)' then
      'times are not computed with in a filter; compare each with a literal: > ''2026-11-01 12:00'''
    when p_signature ~ '^array_[gl]' then
      'lists are only compared by = <> @> <@ &&; for a text in one write ''x'' = any(…)'
    when p_signature ~ '^"?substring"?\(text,text' then
      'substring() with a pattern is not allowed in a filter; write substring(text from place for length)'
    else format('%s is not allowed in a filter', replace(p_signature, '"', ''))
  end
$$;
