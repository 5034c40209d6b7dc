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
    when bool_or(length(l.number) > 60 and l.number ~ '[0-9.]{61}')
      then 'a number has more digits than a filter takes; at most 60 are allowed'
    when bool_or(l.operator is not null and length(substring(l.text from '\\*$')) % 2 = 1)
      then 'the pattern of LIKE ends in its escape character; write that twice'
  end
  from (
    select
      m[1] as operator,
      case when m[3] is not null then m[2] end as text,
      case when m[3] is null then coalesce(m[2], m[4]) end as number
    -- Every literal is taken as a whole, with its type: what it holds is never looked at as anything else.
    from regexp_matches(p_canonical, '(~~\*? )?''((?:[^'']|'''')*)''(::text)?|([0-9.]+)', 'g') as m
  ) as l
$$;
