-- The tables that are bounded, each with its limits, null for none, and how much one of its partitions is to hold.
--
-- That is a tenth of what is kept; of the logs, which have one limit together, a twentieth, since two of them grow.
create or replace function chat.list_limits()
returns table (
  table_name regclass,
  family text,
  feed_id smallint,
  numbered_by regclass,
  keep_for interval,
  keep_bytes bigint,
  step_for interval,
  step_bytes bigint
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select
    t.table_name, t.family, t.feed_id, t.numbered_by, l.keep_for, l.keep_bytes,
    coalesce(l.keep_for / 10, interval '30 days'),
    coalesce(l.keep_bytes / case t.family when 'log' then 20 else 10 end, 4294967296)
  from chat.bounded_table as t
  left join chat.feed as f on f.feed_id = t.feed_id
  cross join chat.setting as s
  cross join lateral (
    select
      case t.family when 'feed' then f.keep_for when 'chat' then s.chat_keep_for else s.log_keep_for end as keep_for,
      case t.family when 'feed' then f.keep_bytes when 'chat' then s.chat_keep_bytes else s.log_keep_bytes end
        as keep_bytes
  ) as l
$$;
