-- What it means that Postgres took a word for a type: a text stands behind it, as in date '2026-01-01'.
create or replace function chat.explain_missing_type(p_clause text, p_place integer)
returns text
language sql
stable
as $$
  select coalesce(
    (
      select format('an operator is missing between `%s` and %s', t.token, t.next_token)
      from chat.list_clause_tokens(p_clause) as t
      where t.place = p_place and t.next_token like '''%'
    ),
    'a word of the clause is no type'
  )
$$;
