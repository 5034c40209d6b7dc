-- What it means that Postgres took a word for a column and knows none of that name: a misplaced one of the language.
create or replace function chat.explain_missing_column(p_clause text, p_place integer)
returns text
language sql
stable
as $$
  select coalesce(
    (
      select case a.role
        when 'function' then format('`%1$s` is a function; write what it is of behind it: %1$s(…)', t.token)
        else format('`%s` is a word of SQL and no column; text stands in single quotes: %L', t.token, t.token)
      end
      from chat.list_clause_tokens(p_clause) as t
      join chat.allowed_word as a on a.word = chat.fold_word(t.token)
      where t.place = p_place
    ),
    'a word of the clause is no column'
  )
$$;
