-- What it means that a clause ends where Postgres expects more of it.
create or replace function chat.explain_end(p_clause text)
returns text
language sql
stable
as $$
  select 'the clause ends too early'
    || case
      when count(*) filter (where w.word = 'case') > count(*) filter (where w.word = 'end')
        then '; write case when … then … end'
      when count(*) filter (where w.word = 'between') > count(*) filter (where w.word = 'and')
        then '; write between 10 and 20'
      else ''
    end
  from chat.list_clause_tokens(p_clause) as t
  cross join lateral chat.fold_word(t.token) as w(word)
$$;
