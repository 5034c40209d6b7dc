-- Whether a clause may be a filter of a feed: its filter, or why not and where. For those who ask without a room.
--
-- There is no guard here, since only a client of Postgres can prepare a statement; every other stage is passed.
create or replace function chat.judge_clause(
  p_feed_id integer,
  p_clause text,
  out filter_id integer,
  out reason text,
  out place integer
)
language plpgsql
volatile
as $$
declare
  -- Read before the rules are: a verdict by newer rules than it says is only forgotten early.
  v_changes bigint := (select r.changes from chat.filter_rules as r);
  v_normalized text;
begin
  select a.filter_id, a.reason, a.place, a.normalized
  into filter_id, reason, place, v_normalized
  from chat.admit_clause(p_feed_id, p_clause) as a;
  if v_normalized is not null then
    select v.filter_id, v.reason, v.place
    into filter_id, reason, place
    from chat.validate_clause(p_feed_id, p_clause, v_normalized, v_changes) as v;
  elsif filter_id is null and reason is null then
    reason := 'SAME keeps the filter that a room has, and there is no room here';
  end if;
  reason := chat.name_place(reason, place);
end
$$;
