-- What was decided about a clause lately, by the rules of now: its filter, a reason, or its words; nulls if nothing.
--
-- The filter is locked against being forgotten until the transaction ends; one that is forgotten already is none.
create or replace function chat.recall_verdict(
  p_feed_id integer,
  p_clause text,
  out filter_id integer,
  out reason text,
  out place integer,
  out normalized text
)
language plpgsql
volatile
as $$
begin
  select v.filter_id, v.reason, v.place, v.normalized
  into filter_id, reason, place, normalized
  from chat.filter_verdict as v
  where v.feed_id = p_feed_id
    and v.clause_hash = chat.text_hash(p_clause)
    and v.rules_changes = (select r.changes from chat.filter_rules as r)
    and v.decided_at > clock_timestamp() - (select s.verdict_memory from chat.setting as s);
  if filter_id is not null then
    perform from chat.filter as f where f.filter_id = recall_verdict.filter_id for key share;
    if not found then
      filter_id := null;
    end if;
  end if;
end
$$;
