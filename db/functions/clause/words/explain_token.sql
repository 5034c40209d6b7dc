-- The reason against a token of a clause, better if the clause around it tells what was meant; and where that is.
create or replace function chat.explain_token(
  p_feed_id integer,
  p_clause text,
  p_token record,
  p_reason text,
  out reason text,
  out place integer
)
language plpgsql
stable
as $$
declare
  v_behind integer := p_token.place + length(p_token.token);
  v_next text := substr(p_clause, v_behind, 1);
  v_suggestion text;
  v_is_empty boolean;
begin
  reason := p_reason;
  place := p_token.place;
  -- What cuts a word in two, or ends it, may look like a part of it, or like nothing.
  if p_token.kind in ('word', 'number') and ascii(v_next) > 127 then
    reason := chat.explain_character(v_next);
    place := v_behind;
    return;
  end if;
  if p_token.kind = 'word' and p_token.previous_kind = 'literal' and not p_token.is_apart then
    -- Where the text before is empty, it was to begin with two quotes.
    v_is_empty := substr(p_clause, place - 2, 2) = '''''' and substr(p_clause, place - 3, 1) not in ('''', '\');
    v_suggestion := case
      when v_is_empty then quote_literal(p_token.token)
      else chat.double_quote(p_clause, place)
    end;
    place := place - 1;
    reason := case
      when v_is_empty then 'text stands in single quotes, one on each side'
      else 'a quote in a text is written twice'
    end || coalesce('; write ' || v_suggestion, '');
    return;
  end if;
  if p_token.kind in ('word', 'name') then
    v_suggestion := chat.put_names(p_feed_id, p_clause, place);
    if v_suggestion is null and reason ~ '^no column `.*; columns are [^;]*$' then
      reason := chat.explain_unknown_word(p_feed_id, p_clause, p_token.token, place, reason);
    elsif v_suggestion is not null then
      reason := format(
        '`%s` is the name of a value, and the values are numbers; write %s', p_token.token, v_suggestion
      );
    end if;
  end if;
end
$$;
