-- Admits clauses of several requests before each is judged: what is new to them, all calls make in the same order.
--
-- Else two calls could wait for each other's filters.
create or replace function chat.admit_in_order(p_feed_ids integer[], p_clauses text[])
returns void
language plpgsql
volatile
as $$
begin
  perform chat.admit_clause(c.feed_id, c.clause)
  from (
    select distinct u.feed_id, u.clause from unnest(p_feed_ids, p_clauses) as u(feed_id, clause) order by 1, 2 offset 0
  ) as c;
end
$$;
