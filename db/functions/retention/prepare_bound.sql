-- Prepares the end of a large partition that takes all keys above: a constraint that is checked while rows come in.
--
-- In three steps, each in a transaction of its own, since reading many rows takes long: the constraint for new rows,
-- far ahead of them; its check of those that are there; then this returns the bound. If new rows come near it
-- meanwhile, it is taken away again.
create or replace function chat.prepare_bound(p_partition chat.partition, p_next bigint)
returns bigint
language plpgsql
volatile
as $$
declare
  v_ahead bigint := 10000000;
  v_constraint record;
begin
  select c.convalidated as is_checked, substring(pg_get_constraintdef(c.oid) from '< ''?(\d+)')::bigint as until_key
  into v_constraint
  from pg_constraint as c
  where c.conrelid = p_partition.part and c.conname = 'below_end';
  if v_constraint.until_key is null then
    perform chat.lock_log_briefly();
    execute format(
      'alter table %s add constraint below_end check (%I < %s) not valid',
      p_partition.part, chat.partition_key(p_partition.table_name),
      greatest(p_next, chat.highest_key(p_partition)) + v_ahead
    );
  elsif v_constraint.until_key - p_next < v_ahead / 2 then
    perform chat.lock_log_briefly();
    execute format('alter table %s drop constraint below_end', p_partition.part);
  elsif not v_constraint.is_checked then
    execute format('alter table %s validate constraint below_end', p_partition.part);
  else
    return v_constraint.until_key;
  end if;
  return null;
end
$$;
