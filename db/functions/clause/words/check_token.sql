-- Why a token, a row of list_clause_tokens, may not stand in a clause where it does; null if it may.
create or replace function chat.check_token(p_feed_id integer, p_token record, p_previous_token text)
returns text
language plpgsql
stable
as $$
begin
  return case p_token.kind
    when 'literal' then chat.check_literal(p_token.token, p_token.is_apart, p_token.previous_kind)
    when 'word' then chat.check_word(p_feed_id, p_token.token, p_token.next_token, p_previous_token)
    when 'name' then chat.check_name(p_feed_id, p_token.token)
    when 'number' then chat.check_number(p_token.token)
    when 'operator' then chat.check_operator(p_feed_id, p_token.token)
    when 'mark' then
      case
        when p_token.token in ('[', ']')
          then chat.check_bracket(p_feed_id, p_token.token, p_token.next_token, p_previous_token)
        when p_token.depth < 0 then '`)` closes a parenthesis that was not opened'
        when p_token.depth > (select s.max_clause_depth from chat.setting as s) then
          format('parentheses are nested deeper than %s', (select s.max_clause_depth from chat.setting as s))
      end
    when 'other' then
      case
        when p_token.token = '.' and chat.hint_at_key(p_feed_id, p_previous_token) is not null
          then chat.hint_at_key(p_feed_id, p_previous_token)
        else chat.explain_character(p_token.token)
      end
  end;
end
$$;
