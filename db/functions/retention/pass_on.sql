-- Leaves a partition that holds enough before it is full: keys go on in the next one. Null if there is no need.
--
-- The feed may have become slow, or its rows large: else a partition that is wide would be kept for long.
create or replace function chat.pass_on(
  p_table regclass,
  p_sequence regclass,
  p_next bigint,
  p_now timestamptz,
  p_step_for interval,
  p_step_bytes bigint
)
returns text
language plpgsql
volatile
as $$
declare
  v_partition chat.partition;
  v_next bigint;
begin
  select p.*
  into v_partition
  from chat.partition as p
  where p.table_name = p_table
    and p.detached_at is null
    and coalesce(p.from_key <= p_next, true)
    and p.until_key > p_next
    and (p.began_at < p_now - 1.5 * p_step_for or pg_total_relation_size(p.part) > 1.5 * p_step_bytes)
    and p.began_at is not null;
  if not found then
    return null;
  end if;
  perform chat.lock_log_briefly();
  v_next := chat.next_key(p_sequence);
  if v_next < v_partition.until_key then
    perform setval(p_sequence, v_partition.until_key - 1);
    update chat.bounded_table as t
    set passed_over = t.passed_over + v_partition.until_key - v_next
    where t.table_name = p_table;
    -- As many as it took: by that the next one is measured.
    update chat.partition as p
    set width = p_next - (p.until_key - p.width)
    where p.partition_id = v_partition.partition_id;
  end if;
  return format('%s goes on with key %s', p_table, v_partition.until_key);
end
$$;
