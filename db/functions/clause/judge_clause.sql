-- Whether a clause may be a filter of a feed: its filter, or the reason why not. Verdicts are remembered for a while.
--
-- The filter is locked against being forgotten until the transaction ends.
create or replace function chat.judge_clause(p_feed_id integer, p_clause text, out filter_id integer, out reason text)
language plpgsql
volatile
as $$
declare
  v_hash text := chat.text_hash(p_clause);
  -- Read before the rules are: a verdict by newer rules than it says is only forgotten early.
  v_changes bigint := (select r.changes from chat.filter_rules as r);
begin
  if upper(btrim(p_clause)) in ('NONE', 'ALL') then
    filter_id := chat.trivial_filter(p_feed_id, upper(btrim(p_clause)) = 'NONE');
    return;
  end if;

  select v.filter_id, v.reason
  into filter_id, reason
  from chat.filter_verdict as v
  where v.feed_id = p_feed_id
    and v.clause_hash = v_hash
    and v.rules_changes = v_changes
    and v.decided_at > clock_timestamp() - (select s.verdict_memory from chat.setting as s);
  if reason is not null then
    return;
  end if;
  perform from chat.filter as f where f.filter_id = judge_clause.filter_id for key share;
  if found then
    return;
  end if;

  select v.filter_id, v.reason into filter_id, reason from chat.validate_clause(p_feed_id, p_clause) as v;
  perform chat.remember_verdict(p_feed_id, v_hash, filter_id, reason, v_changes);
end
$$;
