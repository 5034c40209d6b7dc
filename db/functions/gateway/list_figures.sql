-- What is told as metrics of all gateways together: a figure's name, the values of its labels, and its value.
--
-- Asked every few seconds by every gateway, so nothing here may take long where there is much of anything. Each name is
-- a metric in gateway/figure_metrics.py; a figure of another kind is one more select here, and one more line there.
-- How long routers took Postgres tells itself, if track_functions is on.
create or replace function chat.list_figures()
returns table (figure text, labels text[], value double precision)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'read_only', '{}'::text[], current_setting('transaction_read_only')::boolean::integer::double precision
  union all
  select 'departed_slots', '{}', (select count(*) from chat.departure)
  from chat.server as s
  where s.name is not null
  union all
  select 'notification_queue', '{}', pg_notification_queue_usage()
  union all
  select 'newest_row', array[f.name], chat.newest_row_id(f.feed_id) from chat.feed as f where f.state <> 'removed'
  union all
  select
    case when r.state = 'suspended' then 'filters_suspended' else 'filters_in_force' end,
    array[f.name, case c.canonical when 'true' then 'none' when 'false' then 'all' else 'condition' end],
    count(*)
  from chat.room_filter as r
  join chat.filter as c on c.filter_id = r.filter_id
  join chat.feed as f on f.feed_id = r.feed_id
  where r.state <> 'replaced'
  group by 1, 2
  union all
  select 'filters_routed', array[f.name], coalesce(sum(s.filters), 0)
  from chat.feed as f
  left join chat.signature as s on s.feed_id = f.feed_id
  where f.state <> 'removed'
  group by f.name
  union all
  select v.figure, array[f.name], v.value
  from chat.feed as f
  join pg_proc as p on p.proname = 'route_' || f.name and p.pronamespace = 'room_filter'::regnamespace
  cross join lateral (
    values
      ('router_batches', pg_stat_get_function_calls(p.oid)::double precision),
      ('router_seconds', pg_stat_get_function_total_time(p.oid) / 1000)
  ) as v(figure, value)
  where v.value is not null
  union all
  select v.figure, array[k.what::text], v.value
  from chat.kept as k
  cross join lateral (
    values
      ('kept_bytes', k.bytes::double precision),
      ('kept_waiting_seconds', coalesce(extract(epoch from clock_timestamp() - k.waits_since), 0))
  ) as v(figure, value)
$$;
