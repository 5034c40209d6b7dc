-- The statement that a gateway prepares, and never runs, before it hands a clause on; null if the words are refused.
--
-- Postgres takes no second statement in a prepared one, and its refusal tells the place, which PL/pgSQL never learns.
-- NONE, ALL and SAME need no guard.
create or replace function chat.guard_filter(p_feed_id integer, p_clause text, out normalized text, out guard text)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if upper(btrim(p_clause)) in ('NONE', 'ALL', 'SAME') then
    return;
  end if;
  normalized := (select c.normalized from chat.read_clause(p_feed_id, p_clause) as c);
  guard := chat.candidate_select(p_feed_id) || e' where (\n' || normalized || e'\n)';
end
$$;
