-- PREVIEW: what a clause would pass of a feed's newest 1,000 rows; the reason against it; or the guard to prepare.
--
-- The caller asks again with the guards that it has prepared (set_room_filters). Raises RM401.
create or replace function chat.answer_preview(
  p_room_id integer,
  p_feed text,
  p_clause text,
  p_prepared text[],
  out feed_id integer,
  out guard text,
  out reason text,
  out reason_at integer,
  out examined integer,
  out matching integer,
  out per_minute double precision,
  out row_ids bigint[],
  out "rows" text[],
  out warning text
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
set timezone = 'UTC'
as $$
declare
  v_feed chat.feed := chat.find_present_feed(p_feed);
  v_canonical text;
begin
  feed_id := v_feed.feed_id;
  select j.canonical, j.warning, j.guard, j.reason, j.reason_at
  into v_canonical, warning, guard, reason, reason_at
  from chat.judge_preview(p_room_id, v_feed, p_clause, p_prepared) as j;
  perform chat.forget_verdicts();
  -- What is remembered is all that is written: nothing is lost with it but a little time.
  perform set_config('synchronous_commit', 'off', true);
  if v_canonical is not null then
    select m.reason, m.examined, m.matching, m.per_minute, m.row_ids, m.rows
    into reason, examined, matching, per_minute, row_ids, "rows"
    from chat.match_newest(v_feed, v_canonical) as m;
  end if;
end
$$;
