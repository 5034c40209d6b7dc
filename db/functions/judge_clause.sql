-- Whether a clause may be a filter of a feed: its filter, or the reason why not. Verdicts are remembered for a while.
create or replace function chat.judge_clause(p_feed_id integer, p_clause text, out filter_id integer, out reason text)
language plpgsql
volatile
as $$
declare
  v_hash text := md5(p_clause);
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
    and v.decided_at > clock_timestamp() - (select s.verdict_memory from chat.setting as s);
  if found then
    return;
  end if;

  select v.filter_id, v.reason into filter_id, reason from chat.validate_clause(p_feed_id, p_clause) as v;

  insert into chat.filter_verdict as v (feed_id, clause_hash, filter_id, reason, decided_at)
  values (p_feed_id, v_hash, filter_id, reason, clock_timestamp())
  on conflict (feed_id, clause_hash) do update
  set filter_id = excluded.filter_id, reason = excluded.reason, decided_at = excluded.decided_at;
end
$$;
