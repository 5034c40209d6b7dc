-- Where in a clause an error came from that Postgres told no place of, if only one token can be meant; null if not.
create or replace function chat.find_culprit(p_clause text, p_sqlstate text, p_message text)
returns integer
language sql
stable
as $$
  select case
    when count(*) = 1 then min(t.place)::integer
    -- The parenthesis that was put around the clause.
    when p_sqlstate = '42601' and count(*) = 0 and p_message like '%")"' then length(p_clause) + 1
  end
  from chat.list_clause_tokens(p_clause) as t
  -- As the parser saw it.
  cross join lateral (select case t.token when '%%' then '%' else t.token end) as p(token)
  where case
    when p_sqlstate = '22012' then chat.fold_word(t.token) in ('/', '%', '%%', 'mod')
    when p_sqlstate = '22003' then t.token in ('*', '+', '-', '::') or chat.fold_word(t.token) = 'cast'
    when p_sqlstate in ('2201B', '22019', '22025') then chat.fold_word(t.token) in ('like', 'ilike')
    when p_sqlstate = '22011' then chat.fold_word(t.token) in ('substring', 'substr')
    when p_sqlstate in ('22P02', '22007', '22008') then
      t.kind = 'literal' and chat.unquote_literal(t.token) = substring(p_message from '"(.*)"$')
    when p_sqlstate = '42601' then p.token = substring(p_message from '"(.*)"$')
    when p_sqlstate = '42703' then t.token = substring(p_message from '"(.*?)"')
    else false
  end
$$;
