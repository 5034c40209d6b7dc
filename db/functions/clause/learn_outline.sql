-- Remembers of an accepted clause what it has in common with others that differ in constants, if these decide nothing.
--
-- That is its outline, found by its hash, and what Postgres made of it, in place of the words. Nothing may be done to a
-- constant, Postgres must have left each as it was written, and they must differ: so it is known which of them is
-- where.
create or replace function chat.learn_outline(
  p_feed_id integer,
  p_clause text,
  p_canonical text,
  p_rules_changes bigint
)
returns void
language plpgsql
volatile
as $$
declare
  v_written record := chat.outline_clause(p_clause);
  v_made record;
begin
  if v_written.outline is null
    or cardinality(v_written.constants) > (select count(distinct c) from unnest(v_written.constants) as c)
    or not chat.is_made_of_comparisons(p_feed_id, p_clause, cardinality(v_written.constants))
  then
    return;
  end if;
  v_made := chat.outline_clause(p_canonical);
  if v_made.constants is distinct from v_written.constants
    or chat.fill_outline(v_made.outline, v_made.constants) <> p_canonical
    or not chat.is_settled(p_feed_id, v_made.outline)
  then
    return;
  end if;
  insert into chat.filter_verdict as v (feed_id, clause_hash, normalized, rules_changes, decided_at)
  values (
    p_feed_id, chat.outline_hash(v_written.outline), v_made.outline, p_rules_changes, clock_timestamp()
  )
  on conflict (feed_id, clause_hash) do update
  set
    normalized = excluded.normalized,
    rules_changes = excluded.rules_changes,
    decided_at = excluded.decided_at,
    verdict_id = excluded.verdict_id;
end
$$;
