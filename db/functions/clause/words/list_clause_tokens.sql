-- The tokens of a clause but blanks, each with its place (in characters, from 1), its kind, and if it stands apart.
--
-- A literal is one token, and so is a name in double quotes, so what they hold is never looked at as SQL. Postgres
-- takes the longest of the alternatives, so their order does not matter. Operator characters are taken as a run, as
-- Postgres's own scanner does.
create or replace function chat.list_clause_tokens(p_clause text)
returns table (place bigint, kind text, token text, is_apart boolean, previous_kind text, next_token text, depth bigint)
language sql
immutable
as $$
  with split as (
    select
      t.parts[1] as token,
      t.number,
      sum(length(t.parts[1])) over (order by t.number) - length(t.parts[1]) + 1 as place,
      lag(t.parts[1]) over (order by t.number) as before
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
      coalesce(s.before ~ '^[ \t\r\n]', true) as is_apart,
      case
        when s.token ~ '^''' and length(s.token) > 1 then 'literal'
        when s.token ~ '^"' and length(s.token) > 1 then 'name'
        when s.token ~ '^[A-Za-z_]' then 'word'
        when s.token ~ '^\.?[0-9]' then 'number'
        when s.token in ('(', ')', '[', ']', ',', '::') then 'mark'
        when s.token ~ '^[-+*/%<>=!~^&|#@?`]' then 'operator'
        else 'other'
      end as kind
    from split as s
    where s.token !~ '^[ \t\r\n]'
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
