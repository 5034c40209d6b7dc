-- What comes of the clauses of one request: their filters, the reasons against them, or the guards to prepare first.
--
-- Of the three only one is given; place is where in its clause the first of the reasons is, in characters from 1.
-- p_prepared are the guards that the caller has prepared since it asked first. A filter is null for SAME. Nothing
-- reaches the parser while one of the clauses is known to be refused.
create or replace function chat.judge_request(
  p_feed_ids integer[],
  p_clauses text[],
  p_prepared text[],
  out filter_ids integer[],
  out reasons text,
  out place integer,
  out guards text[]
)
language plpgsql
volatile
as $$
declare
  -- Read before the rules are: a verdict by newer rules than it says is only forgotten early.
  v_changes bigint := (select r.changes from chat.filter_rules as r);
  v_reasons text[];
  v_places integer[];
  v_normalized text[];
  v_verdict record;
begin
  reasons := chat.explain_gone_feeds(p_feed_ids, p_clauses);
  if reasons is not null then
    return;
  end if;

  select
    array_agg(a.filter_id order by w.number),
    array_agg(a.reason order by w.number),
    array_agg(a.place order by w.number),
    array_agg(a.normalized order by w.number)
  into filter_ids, v_reasons, v_places, v_normalized
  from unnest(p_feed_ids, p_clauses) with ordinality as w(feed_id, clause, number)
  cross join lateral chat.admit_clause(w.feed_id, w.clause) as a;

  if num_nonnulls(variadic v_reasons) = 0 and num_nonnulls(variadic v_normalized) > 0 then
    guards := chat.list_guards(p_feed_ids, p_clauses, v_normalized, p_prepared, v_changes);
    if guards is not null then
      return;
    end if;
    for i in 1..coalesce(cardinality(v_normalized), 0) loop
      continue when v_normalized[i] is null;
      v_verdict := chat.validate_clause(p_feed_ids[i], p_clauses[i], v_normalized[i], v_changes);
      filter_ids[i] := v_verdict.filter_id;
      v_reasons[i] := v_verdict.reason;
      v_places[i] := v_verdict.place;
    end loop;
  end if;

  select
    string_agg(f.name || ' filter: ' || chat.name_place(w.reason, w.place), '; ' order by f.feed_id),
    (array_agg(w.place order by f.feed_id))[1]
  into reasons, place
  from unnest(p_feed_ids, v_reasons, v_places) as w(feed_id, reason, place)
  join chat.feed as f on f.feed_id = w.feed_id
  where w.reason is not null;
end
$$;
