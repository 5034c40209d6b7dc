-- How many of a feed's newest 1,000 rows a condition passes, how many that is per minute, and up to three of them.
--
-- Evaluated before WHERE, as in a router: there the planner would put what is cheap first, and leave out what is said
-- twice. The minutes are those from the oldest of the rows until now. The three are the newest, that one first.
create or replace function chat.match_newest(
  p_feed chat.feed,
  p_canonical text,
  out examined integer,
  out matching integer,
  out per_minute double precision,
  out row_ids bigint[],
  out rows text[]
)
language plpgsql
volatile
as $$
begin
  execute format(
    'select count(*), count(*) filter (where j.passes), coalesce(count(*) filter (where j.passes) * 60 '
    '/ greatest(extract(epoch from clock_timestamp() - min(j.came_at)), 1), 0), '
    '(array_agg(j.row_id order by j.row_id desc) filter (where j.passes))[1:3] '
    'from (select r.%1$I as row_id, r.came_at, %2$s as passes from (%3$s) as r offset 0) as j',
    p_feed.key_column, p_canonical, chat.newest_rows(p_feed, 1000)
  )
  into examined, matching, per_minute, row_ids;
  execute format(
    'select array_agg(%s order by r.%I desc) from feed.%I as r where r.%2$I = any ($1)',
    chat.row_object(p_feed.feed_id), p_feed.key_column, p_feed.name
  )
  into rows
  using row_ids;
end
$$;
