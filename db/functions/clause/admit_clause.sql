-- The one way in for a clause: what is known of it without the parser, from keywords, memory, or its words.
--
-- Returns its filter, or the reason why it is none and the place that this is about, or the clause as the words stage
-- lets it pass, for validate_clause; nothing at all for SAME. A filter is locked against being forgotten until the
-- transaction ends.
create or replace function chat.admit_clause(
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
declare
  v_keyword text := chat.clause_keyword(p_clause);
begin
  if v_keyword is not null then
    if v_keyword <> 'SAME' then
      filter_id := chat.trivial_filter(p_feed_id, v_keyword = 'NONE');
    end if;
    return;
  end if;
  select v.filter_id, v.reason, v.place, v.normalized
  into filter_id, reason, place, normalized
  from chat.recall_verdict(p_feed_id, p_clause) as v;
  if num_nonnulls(filter_id, reason, normalized) > 0 then
    return;
  end if;
  filter_id := chat.judge_by_outline(p_feed_id, p_clause);
  if filter_id is null then
    select c.normalized, c.reason, c.place
    into normalized, reason, place
    from chat.read_clause(p_feed_id, p_clause) as c;
  end if;
end
$$;
