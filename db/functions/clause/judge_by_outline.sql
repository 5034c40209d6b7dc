-- The filter of a clause that differs only in constants from one that was accepted lately; null if there is none such.
--
-- Each stage would say of it what it said of that one (is_settled). Only its length is its own, and what its writer is
-- warned of. The filter is locked against being forgotten until the transaction ends.
create or replace function chat.judge_by_outline(p_feed_id integer, p_clause text)
returns integer
language plpgsql
volatile
as $$
declare
  v_setting chat.setting;
  v_written record;
  v_known record;
  v_canonical text;
  v_warning text;
  v_filter_id integer;
begin
  select s.* into v_setting from chat.setting as s;
  if octet_length(p_clause) > v_setting.max_clause_bytes then
    return null;
  end if;
  v_written := chat.outline_clause(p_clause);
  select v.normalized, v.rules_changes
  into v_known
  from chat.filter_verdict as v
  where v.feed_id = p_feed_id
    and v.clause_hash = chat.outline_hash(v_written.outline)
    and v.rules_changes = (select r.changes from chat.filter_rules as r)
    and v.decided_at > clock_timestamp() - v_setting.verdict_memory;
  v_canonical := chat.fill_outline(v_known.normalized, v_written.constants);
  -- Its warnings look for this in literals, too.
  if v_canonical is null
    or octet_length(v_canonical) > v_setting.max_canonical_bytes
    or position('::real' in v_canonical) > 0
  then
    return null;
  end if;
  if chat.compares_twice(v_known.normalized) then
    v_warning := chat.find_warning(p_feed_id, v_canonical);
  end if;
  v_filter_id := chat.save_filter(p_feed_id, v_canonical, v_warning);
  perform chat.remember_verdict(p_feed_id, p_clause, v_filter_id, null, null, null, v_known.rules_changes);
  return v_filter_id;
end
$$;
