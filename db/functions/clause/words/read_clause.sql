-- First gate: every word, operator and literal of a clause is an allowed one. Nothing reaches Postgres's parser before.
--
-- Returns the clause with the feed's field names (stateSymbol) put as the stored columns (state_symbol), or the reason.
create or replace function chat.read_clause(p_feed_id integer, p_clause text, out normalized text, out reason text)
language plpgsql
stable
as $$
declare
  v_setting chat.setting;
  v_token record;
  v_column text;
  v_copied_to bigint := 1;
  v_depth bigint := 0;
  v_previous_token text;
begin
  select s.* into v_setting from chat.setting as s;
  if octet_length(p_clause) > v_setting.max_clause_bytes then
    reason := format(
      'the clause has %s bytes; at most %s are allowed', octet_length(p_clause), v_setting.max_clause_bytes
    );
    return;
  end if;
  if coalesce(p_clause, '') !~ '[^ \t\r\n]' then
    reason := 'the clause is empty; write a condition, or NONE to filter nothing out, ALL to filter everything out, '
      'SAME to keep the filter';
    return;
  end if;

  normalized := '';
  for v_token in select t.* from chat.list_clause_tokens(p_clause) as t order by t.place loop
    v_depth := v_token.depth;
    reason := case v_token.kind
      when 'literal' then chat.check_literal(v_token.token, v_token.is_apart, v_token.previous_kind)
      when 'word' then chat.check_word(p_feed_id, v_token.token, v_token.next_token, v_previous_token)
      when 'number' then chat.check_number(v_token.token)
      when 'operator' then chat.check_operator(v_token.token)
      when 'mark' then
        case
          when v_depth < 0 then '`)` closes a parenthesis that was not opened'
          when v_depth > v_setting.max_clause_depth
            then format('parentheses are nested deeper than %s', v_setting.max_clause_depth)
        end
      else chat.explain_character(v_token.token)
    end;
    if reason is not null then
      reason := format('%s (at character %s)', reason, v_token.place);
      normalized := null;
      return;
    end if;
    v_previous_token := v_token.token;
    continue when v_token.kind <> 'word';
    select c.column_name
    into v_column
    from chat.feed_column as c
    where c.feed_id = p_feed_id and lower(c.field_name) = lower(v_token.token);
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
