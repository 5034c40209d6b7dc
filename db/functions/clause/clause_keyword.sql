-- NONE, ALL or SAME if a clause is one of them, in any case and with blanks around; null if it is a condition.
--
-- The letters are those of ASCII, whatever the database's locale is.
create or replace function chat.clause_keyword(p_clause text)
returns text
language sql
immutable
as $$
  select k.keyword
  from (select upper(btrim(p_clause collate "C"))) as k(keyword)
  where k.keyword in ('NONE', 'ALL', 'SAME')
$$;
