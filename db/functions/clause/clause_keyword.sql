-- NONE, ALL or SAME if a clause is one of them, in any case and with white space around; null if it is a condition.
--
-- Letters and white space are those of ASCII, whatever the database's locale is.
create or replace function chat.clause_keyword(p_clause text)
returns text
language sql
immutable
as $$
  select k.keyword
  from (select upper(btrim(p_clause collate "C", E' \t\n\x0b\f\r'))) as k(keyword)
  where k.keyword in ('NONE', 'ALL', 'SAME')
$$;
