-- Why a literal in a canonical text is not allowed where it stands; null if all are.
--
-- The words stage bounds numbers as written, but a text that stands for a number may be '9e131071'. A pattern of LIKE
-- that ends in its escape character raises on those rows only that match it up to there.
create or replace function chat.check_literals(p_canonical text)
returns text
language sql
immutable
as $$
  select case
    when regexp_replace(p_canonical, '''(?:[^'']|'''')*''::text', '', 'g') ~ '[0-9.]{61}'
      then 'a number has more digits than a filter takes; at most 60 are allowed'
    when exists (
      select
      from regexp_matches(p_canonical, '~~\*? ''((?:[^'']|'''')*)''::text', 'g') as m
      where length(substring(m[1] from '\\*$')) % 2 = 1
    )
      then 'the pattern of LIKE ends in its escape character; write that twice'
  end
$$;
