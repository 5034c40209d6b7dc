-- The guards of a request's clauses, null for one that needs none; null altogether if all of them are prepared.
--
-- The words are remembered meanwhile, so that the next call need not read them again.
create or replace function chat.list_guards(
  p_feed_ids integer[],
  p_clauses text[],
  p_normalized text[],
  p_prepared text[],
  p_rules_changes bigint
)
returns text[]
language plpgsql
volatile
as $$
declare
  v_guards text[] := array(
    select chat.guard_statement(w.feed_id, w.normalized)
    from unnest(p_feed_ids, p_normalized) with ordinality as w(feed_id, normalized, number)
    order by w.number
  );
begin
  -- array_position, since `= any` is null and not false where p_prepared holds a null.
  if not exists (select from unnest(v_guards) as g where g is not null and array_position(p_prepared, g) is null) then
    return null;
  end if;
  perform chat.remember_verdict(w.feed_id, w.clause, null, null, null, w.normalized, p_rules_changes)
  from unnest(p_feed_ids, p_clauses, p_normalized) as w(feed_id, clause, normalized)
  where w.normalized is not null;
  return v_guards;
end
$$;
