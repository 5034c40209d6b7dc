-- Stage `words`: every word, operator and literal of a clause is an allowed one. Nothing reaches the parser before.
--
-- Returns the clause as the parser gets it (replace_parts); or the reason, and where in the clause it is, in characters
-- from 1: null if it is about the whole.
create or replace function chat.read_clause(
  p_feed_id integer,
  p_clause text,
  out normalized text,
  out reason text,
  out place integer
)
language plpgsql
stable
as $$
declare
  v_token record;
  v_depth bigint := 0;
  v_opened_at integer;
  v_previous_token text;
begin
  reason := chat.check_length(p_clause);
  if reason is not null then
    return;
  end if;
  for v_token in select t.* from chat.list_clause_tokens(p_clause) as t order by t.place loop
    if v_token.token = '(' and v_depth = 0 then
      v_opened_at := v_token.place;
    end if;
    v_depth := v_token.depth;
    reason := chat.check_token(p_feed_id, v_token, v_previous_token);
    if reason is not null then
      select e.reason, e.place into reason, place from chat.explain_token(p_feed_id, p_clause, v_token, reason) as e;
      return;
    end if;
    v_previous_token := v_token.token;
  end loop;
  if v_depth <> 0 then
    reason := format('%s parenthesis left open; close with `)`', v_depth);
    place := v_opened_at;
    return;
  end if;
  normalized := chat.replace_parts(p_feed_id, p_clause);
end
$$;
