-- The highest key in a partition; null if it is empty.
create or replace function chat.highest_key(p_partition chat.partition)
returns bigint
language plpgsql
stable
as $$
declare
  v_key bigint;
begin
  execute format('select max(%I) from %s', chat.partition_key(p_partition.table_name), p_partition.part) into v_key;
  return v_key;
end
$$;
