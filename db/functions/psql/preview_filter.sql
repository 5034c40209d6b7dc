-- What a clause would pass of a feed's newest rows: how many, how fast, and a few of them. For a person, in psql.
create or replace function chat.preview_filter(p_feed text, p_clause text, p_rows integer default 1000)
returns table (item text, value text)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
  v_feed chat.feed := chat.find_feed(p_feed);
  v_verdict record;
  v_canonical text;
  v_warning text;
  v_matching bigint;
  v_rows bigint;
  v_started timestamptz;
  v_source text := format(
    '(select * from feed.%I order by %I desc limit %s) as r', v_feed.name, v_feed.key_column, p_rows
  );
begin
  select v.* into v_verdict from chat.judge_clause(v_feed.feed_id, p_clause) as v;
  select f.canonical, f.warning
  into v_canonical, v_warning
  from chat.filter as f
  where f.filter_id = v_verdict.filter_id;
  perform chat.forget_verdicts();
  if v_verdict.reason is not null then
    return query select 'refused', v_verdict.reason;
    return;
  end if;
  execute format('select count(*) from %s', v_source) into v_rows;
  v_started := clock_timestamp();
  execute format('select count(*) filter (where %s) from %s', v_canonical, v_source) into v_matching;
  return query
    select 'canonical', v_canonical
    union all
    select 'warning', v_warning
    where v_warning is not null
    union all
    select 'matching', format('%s of the newest %s rows', v_matching, v_rows)
    union all
    select 'not there', chat.describe_gone(format('feed.%I', v_feed.name)::regclass)
    where v_rows < p_rows and chat.describe_gone(format('feed.%I', v_feed.name)::regclass) is not null
    union all
    select
      'time per row', round(extract(epoch from clock_timestamp() - v_started) * 1e6 / greatest(v_rows, 1), 2) || ' µs';
  -- Judged before WHERE: there the planner would put what is cheap first, and raise on rows on which no router does.
  return query execute format(
    'select ''example'', (to_jsonb(j.r) - ''message'' - ''stream_seq'')::text '
    'from (select r, %s as passes from %s offset 0) as j where j.passes limit 3',
    v_canonical,
    v_source
  );
end
$$;
