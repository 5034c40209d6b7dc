-- The tokens of a clause but blanks, each with its place (in characters, from 1), its kind, and if it stands apart.
--
-- A literal is one token, and so is a name in double quotes, so what they hold is never looked at as SQL. Postgres
-- takes the longest of the alternatives, so their order does not matter. Operator characters are taken as a run, as
-- Postgres's own scanner does. Of what kind a token is, its first character tells: regular expressions are few here,
-- see "clause" in docs/architecture.md.
create or replace function chat.list_clause_tokens(p_clause text)
returns table (place bigint, kind text, token text, is_apart boolean, previous_kind text, next_token text, depth bigint)
language sql
immutable
as $$
  with split as (
    select
      t.parts[1] as token,
      left(t.parts[1], 1) collate "C" as first,
      t.number,
      sum(length(t.parts[1])) over (order by t.number) - length(t.parts[1]) + 1 as place,
      lag(left(t.parts[1], 1)) over (order by t.number) as before
    from regexp_matches(
      p_clause,
      '(''(?:[^'']|'''')*''|"(?:[^"]|"")*"|[A-Za-z_][A-Za-z0-9_]*|\.?[0-9][A-Za-z0-9_.]*'
      -- A number with an exponent may hold a sign.
      '|[0-9.]+[Ee][-+][0-9][A-Za-z0-9_.]*|[ \t\r\n]+|::|[-+*/%<>=!~^&|#@?`]+|.|\n)',
      'g'
    ) with ordinality as t(parts, number)
  ),
  classified as (
    select
      s.*,
      coalesce(s.before in (' ', e'\t', e'\r', e'\n'), true) as is_apart,
      case
        when s.first = '''' and length(s.token) > 1 then 'literal'
        when s.first = '"' and length(s.token) > 1 then 'name'
        when s.first between 'a' and 'z' or s.first between 'A' and 'Z' or s.first = '_' then 'word'
        when substr(s.token, case s.first when '.' then 2 else 1 end, 1) collate "C" between '0' and '9' then 'number'
        when s.token in ('(', ')', '[', ']', ',', '::') then 'mark'
        when position(s.first in '-+*/%<>=!~^&|#@?`') > 0 then 'operator'
        else 'other'
      end as kind
    from split as s
    where s.first not in (' ', e'\t', e'\r', e'\n')
  )
  select
    c.place,
    c.kind,
    c.token,
    c.is_apart,
    lag(c.kind) over (order by c.number),
    lead(c.token) over (order by c.number),
    sum(case c.token when '(' then 1 when ')' then -1 else 0 end) over (order by c.number)
  from classified as c
$$;
