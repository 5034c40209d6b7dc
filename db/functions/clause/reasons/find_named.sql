-- Where in a clause the function, or LIKE, stands that a reason names, if it stands there once; null if not.
create or replace function chat.find_named(p_clause text, p_reason text)
returns integer
language sql
stable
as $$
  select case when count(*) = 1 then min(t.place)::integer end
  from chat.list_clause_tokens(p_clause) as t
  where t.kind = 'word'
    and (
      (t.next_token = '(' and p_reason ~ ('\m' || chat.fold_word(t.token) || '\(\)'))
      or (chat.fold_word(t.token) in ('like', 'ilike') and p_reason ~ '\mLIKE\M')
    )
$$;
