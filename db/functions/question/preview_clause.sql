-- What a clause would pass of a feed's newest rows, for somebody who is writing it; or the guard to prepare first.
--
-- It is judged as in a FILTER (set_room_filters): p_prepared are the guards that the caller has prepared since it asked
-- first. reason is why there is no answer, and place where in the clause that is, in characters from 1. The rest is
-- match_newest's. Nothing is applied, and nothing recorded.
create or replace function chat.preview_clause(
  p_room_id integer,
  p_feed text,
  p_clause text,
  p_prepared text[],
  out feed_id integer,
  out guard text,
  out reason text,
  out place integer,
  out examined integer,
  out matching integer,
  out per_minute double precision,
  out warning text,
  out row_ids bigint[],
  out rows text[]
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
set timezone = 'UTC'
as $$
declare
  v_feed chat.feed;
  v_verdict record;
  v_canonical text;
begin
  reason := chat.explain_no_feed(p_feed);
  if reason is not null then
    return;
  end if;
  select f.* into v_feed from chat.feed as f where f.name = p_feed;
  feed_id := v_feed.feed_id;
  select v.filter_ids[1] as filter_id, v.reasons, v.place, v.guards[1] as guard
  into v_verdict
  from chat.judge_request(array[v_feed.feed_id::integer], array[p_clause], p_prepared) as v;
  guard := v_verdict.guard;
  reason := v_verdict.reasons;
  place := v_verdict.place;
  if num_nonnulls(guard, reason) > 0 then
    return;
  end if;
  select f.canonical, f.warning
  into v_canonical, warning
  from chat.filter as f
  where f.filter_id = coalesce(v_verdict.filter_id, chat.filter_in_force(p_room_id, v_feed));
  perform chat.forget_verdicts();
  select m.* into examined, matching, per_minute, row_ids, rows from chat.match_newest(v_feed, v_canonical) as m;
exception
  -- What a row cannot be judged by: a number out of range, most of all. A cancellation is not caught.
  when data_exception then
    reason := 'raises on a stored row: ' || sqlerrm;
    place := null;
end
$$;
