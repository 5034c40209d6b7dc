-- What is kept of the tables that grow: how much, since when, and what is gone.
create or replace view chat.kept as
select
  l.table_name as what,
  s.bytes,
  pg_size_pretty(s.bytes) as size,
  s.since,
  chat.describe_limits(l.keep_for, l.keep_bytes) as kept,
  s.partitions,
  t.gone_until as gone_before_key,
  t.gone_at,
  t.gone_why,
  t.waits_since,
  t.waits_why
from chat.list_limits() as l
join chat.bounded_table as t using (table_name)
cross join lateral (
  select
    sum(pg_total_relation_size(p.part))::bigint as bytes,
    min(p.began_at) as since,
    count(*) as partitions
  from chat.partition as p
  where p.table_name = l.table_name
) as s
order by l.family, l.table_name::text;
