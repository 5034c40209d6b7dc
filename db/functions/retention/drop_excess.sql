-- Has the lowest partition of a table go if it is too old, or the oldest of tables that take too much. Null if not.
create or replace function chat.drop_excess(
  p_table regclass,
  p_now timestamptz,
  p_keep_for interval,
  p_keep_bytes bigint
)
returns text
language plpgsql
volatile
as $$
declare
  v_lowest chat.partition;
  v_family record;
  v_why text;
begin
  select p.* into v_lowest
  from chat.partition as p
  where p.table_name = p_table and p.from_key is null and p.detached_at is null;
  if v_lowest.filled_at is null then
    return null;
  end if;
  if v_lowest.filled_at <= p_now - p_keep_for then
    v_why := 'kept ' || chat.describe_limits(p_keep_for, null);
  else
    select
      sum(pg_total_relation_size(p.part)) as bytes,
      min(p.filled_at) filter (where p.from_key is null) as first_filled_at
    into v_family
    from chat.bounded_table as t
    join chat.bounded_table as o on o.family = t.family and o.feed_id is not distinct from t.feed_id
    join chat.partition as p on p.table_name = o.table_name and p.detached_at is null
    where t.table_name = p_table;
    if v_family.bytes > p_keep_bytes and v_family.first_filled_at = v_lowest.filled_at then
      v_why := format('they may take %s', pg_size_pretty(p_keep_bytes));
    end if;
  end if;
  if v_why is null then
    return null;
  end if;
  perform chat.detach_lowest(v_lowest, p_now, v_why);
  return format('what %s had before key %s is gone: %s', p_table, v_lowest.until_key, v_why);
end
$$;
