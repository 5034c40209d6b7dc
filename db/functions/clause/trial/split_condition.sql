-- The parts that AND or OR joins at the top of a canonical condition, and which of the two; itself if neither does.
--
-- Postgres writes every operation in parentheses of its own, so an AND at the top stands between parentheses.
create or replace function chat.split_condition(p_canonical text, out connective text, out parts text[])
language plpgsql
immutable
as $$
declare
  v_inner text := substr(p_canonical, 2, length(p_canonical) - 2);
  v_token record;
  v_start bigint := 1;
begin
  parts := '{}';
  if p_canonical like '(%)' then
    for v_token in select t.place, t.token, t.depth from chat.list_clause_tokens(v_inner) as t order by t.place loop
      -- The outer parentheses are no pair: (a) = (b).
      exit when v_token.depth < 0;
      if v_token.depth = 0 and v_token.token in ('AND', 'OR') then
        connective := v_token.token;
        parts := parts || btrim(substr(v_inner, v_start::integer, (v_token.place - v_start)::integer));
        v_start := v_token.place + length(v_token.token);
      end if;
    end loop;
  end if;
  if connective is null then
    parts := array[p_canonical];
  else
    parts := parts || btrim(substr(v_inner, v_start::integer));
  end if;
end
$$;
