-- Why a number in a canonical text is not allowed, by its digits; null if all are.
--
-- The words stage bounds numbers as written, but a text that stands for a number may be '9e131071'.
create or replace function chat.check_digits(p_canonical text)
returns text
language sql
immutable
as $$
  select 'a number has more digits than a filter takes; at most 60 are allowed'
  where regexp_replace(p_canonical, '''(?:[^'']|'''')*''::text', '', 'g') ~ '[0-9.]{61}'
$$;
