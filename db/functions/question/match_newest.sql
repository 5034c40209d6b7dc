-- What a condition passes of a feed's newest 1,000 rows, and three of them, newest first; or why it cannot be told.
--
-- The rows are taken in growing portions, as long as a filter may take for a batch (match_filter).
create or replace function chat.match_newest(
  p_feed chat.feed,
  p_canonical text,
  out reason text,
  out examined integer,
  out matching integer,
  out per_minute double precision,
  out row_ids bigint[],
  out "rows" text[]
)
language plpgsql
volatile
as $$
declare
  v_newest record;
  v_match record;
  v_passed bigint[];
begin
  v_newest := chat.newest_rows(p_feed);
  v_match := chat.match_filter(
    p_feed.feed_id, v_newest.row_ids, p_canonical, (select s.max_match_time from chat.setting as s)
  );
  if v_match.was_canceled or v_match.error is not null then
    reason := 'the clause cannot be tried on the newest rows: ' || coalesce(v_match.error, 'it took too long');
    return;
  end if;
  select coalesce(array_agg(r.row_id order by r.number desc), '{}')
  into v_passed
  from unnest(v_newest.row_ids) with ordinality as r(row_id, number)
  where v_match.bits is not null and chat.has_bit(v_match.bits, r.number::integer - 1);
  examined := cardinality(v_newest.row_ids);
  matching := cardinality(v_passed);
  per_minute := coalesce(matching / v_newest.minutes, 0);
  execute format(
    'select array_agg(e.row_id order by e.row_id desc), array_agg(e.row order by e.row_id desc) '
    'from (%s where r.%I = any ($1)) as e',
    chat.row_select(p_feed), p_feed.key_column
  )
  into row_ids, "rows"
  using v_passed[1:3];
end
$$;
