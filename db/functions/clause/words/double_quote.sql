-- The text that a quote inside it ended too early, with that quote doubled; null if the text has no other end.
--
-- A backslash before the quote was meant to do the same, and goes.
-- p_place is where the rest of the text begins, right behind the quote.
create or replace function chat.double_quote(p_clause text, p_place integer)
returns text
language sql
stable
as $$
  select regexp_replace(t.token, '\\?''$', '''''') || r.rest[1]
  from chat.list_clause_tokens(p_clause) as t
  cross join lateral (select regexp_match(substr(p_clause, p_place), '^([^'']*'')')) as r(rest)
  where t.place + length(t.token) = p_place and t.kind = 'literal' and r.rest is not null
$$;
