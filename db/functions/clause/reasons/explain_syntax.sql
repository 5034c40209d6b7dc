-- What a syntax error means, from the token that Postgres stopped at and those before it.
create or replace function chat.explain_syntax(p_clause text, p_place integer)
returns text
language plpgsql
stable
as $$
declare
  v_token record;
  v_hint text;
begin
  if p_place > length(p_clause) then
    return chat.explain_end(p_clause);
  end if;
  select t.* into v_token
  from (
    select
      t.place, t.kind, t.token, t.depth, t.previous_kind, t.next_token,
      chat.fold_token(lag(t.token) over w) as previous,
      chat.fold_token(lag(t.token, 2) over w) as before,
      chat.fold_token(lag(t.token, 3) over w) as called
    from chat.list_clause_tokens(p_clause) as t
    window w as (order by t.place)
  ) as t
  where t.place = p_place;
  if not found then
    return 'syntax error';
  elsif v_token.token = ')' then
    return 'something is missing before `)`';
  end if;
  v_hint := coalesce(
    chat.hint_at_operator(
      v_token.kind, chat.fold_token(v_token.token), v_token.previous, v_token.before, v_token.called, v_token.next_token
    ),
    chat.hint_at_syntax(v_token.kind, v_token.token, v_token.previous, v_token.before, v_token.next_token)
  );
  return format('syntax error at `%s`', v_token.token) || coalesce('; ' || v_hint, '');
end
$$;
