-- Stage `words`: every word, operator and literal of a clause is an allowed one. Nothing reaches the parser before.
--
-- Returns the clause with the feed's field names (stateSymbol) put as the stored columns (state_symbol), or the reason.
create or replace function chat.read_clause(p_feed_id integer, p_clause text, out normalized text, out reason text)
language plpgsql
stable
as $$
declare
  v_token record;
  v_column text;
  v_copied_to bigint := 1;
  v_depth bigint := 0;
  v_previous_token text;
  v_next text;
begin
  reason := chat.check_length(p_clause);
  if reason is not null then
    return;
  end if;

  normalized := '';
  for v_token in select t.* from chat.list_clause_tokens(p_clause) as t order by t.place loop
    v_depth := v_token.depth;
    reason := chat.check_token(p_feed_id, v_token, v_previous_token);
    if reason is not null then
      -- What cuts a word in two, or ends it, may look like a part of it, or like nothing.
      v_next := substr(p_clause, (v_token.place + length(v_token.token))::integer, 1);
      if v_token.kind in ('word', 'number') and ascii(v_next) > 127 then
        reason := chat.explain_character(v_next);
        v_token.place := v_token.place + length(v_token.token);
      end if;
      reason := format('%s (at character %s)', reason, v_token.place);
      normalized := null;
      return;
    end if;
    v_previous_token := v_token.token;
    continue when v_token.kind <> 'word';
    select c.column_name
    into v_column
    from chat.feed_column as c
    where c.feed_id = p_feed_id and chat.fold_word(c.field_name) = chat.fold_word(v_token.token);
    if found then
      normalized := normalized
        || substr(p_clause, v_copied_to::integer, (v_token.place - v_copied_to)::integer) || v_column;
      v_copied_to := v_token.place + length(v_token.token);
    end if;
  end loop;
  if v_depth <> 0 then
    reason := format('%s parenthesis left open; close with `)`', v_depth);
    normalized := null;
    return;
  end if;
  normalized := normalized || substr(p_clause, v_copied_to::integer);
end
$$;
