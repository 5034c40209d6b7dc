-- Keeps what was decided about a clause, so that asking again costs nothing: its filter, a reason, or its words alone.
create or replace function chat.remember_verdict(
  p_feed_id integer,
  p_clause text,
  p_filter_id integer,
  p_reason text,
  p_place integer,
  p_normalized text,
  p_rules_changes bigint
)
returns void
language sql
volatile
as $$
  insert into chat.filter_verdict as v (
    feed_id, clause_hash, filter_id, reason, place, normalized, rules_changes, decided_at
  )
  values (
    p_feed_id, chat.text_hash(p_clause), p_filter_id, p_reason, p_place, p_normalized,
    p_rules_changes, clock_timestamp()
  )
  on conflict (feed_id, clause_hash) do update
  set
    filter_id = excluded.filter_id,
    reason = excluded.reason,
    place = excluded.place,
    normalized = excluded.normalized,
    rules_changes = excluded.rules_changes,
    decided_at = excluded.decided_at,
    verdict_id = excluded.verdict_id
$$;
