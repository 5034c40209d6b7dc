-- Generates a feed's router anew: the trigger that finds, in one pass over new rows, which filters each row passes.
--
-- Only filters of live rooms are in it, so a cold room costs nothing; of signatures only their number is. The caller
-- holds the log's lock, under which rows are inserted too: no row is routed by half a change.
create or replace function chat.refresh_router(p_feed_id integer)
returns void
language plpgsql
volatile
as $$
declare
  v_feed chat.feed;
  v_filter_ids integer[];
  v_tests text;
  v_signatures chat.signature[];
begin
  select f.* into v_feed from chat.feed as f where f.feed_id = p_feed_id;
  select
    coalesce(array_agg(f.filter_id order by f.filter_id), '{}'),
    chat.write_filter_tests(array_agg(f.filter_id order by f.filter_id), array_agg(f.canonical order by f.filter_id))
  into v_filter_ids, v_tests
  from chat.list_direct_filters(p_feed_id) as f;
  v_signatures := array(
    select s from chat.signature as s where s.feed_id = p_feed_id and s.form <> 'direct' order by s.signature_id
  );

  update chat.router as r
  set
    filter_ids = v_filter_ids,
    signature_ids = array(select s.signature_id from unnest(v_signatures) as s),
    generated_at = clock_timestamp()
  where r.feed_id = p_feed_id;

  execute chat.write_router(v_feed, cardinality(v_filter_ids), v_tests, v_signatures);
  if not exists (
    select from pg_trigger as t where t.tgname = 'route' and t.tgrelid = format('feed.%I', v_feed.name)::regclass
  ) then
    execute format(
      'create trigger route after insert on feed.%I referencing new table as new_rows '
      'for each statement when (current_setting(''chat.is_routed'', true) is distinct from ''off'') '
      'execute function room_filter.%I()',
      v_feed.name, 'route_' || v_feed.name
    );
  end if;
end
$$;
