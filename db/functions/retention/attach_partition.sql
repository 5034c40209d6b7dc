-- Has a table be the partition for keys from one on and before another; null: all below, all above.
--
-- Postgres reads none of its rows: either it has a constraint that says where they are, or it takes all above.
create or replace function chat.attach_partition(p_partition_id integer, p_from_key bigint, p_until_key bigint)
returns void
language plpgsql
volatile
as $$
declare
  v_partition chat.partition;
begin
  update chat.partition as p
  set from_key = p_from_key, until_key = p_until_key
  where p.partition_id = p_partition_id
  returning p.* into v_partition;
  execute format(
    'alter table %s attach partition %s for values from (%s) to (%s)',
    v_partition.table_name, v_partition.part,
    coalesce(p_from_key::text, 'minvalue'), coalesce(p_until_key::text, 'maxvalue')
  );
end
$$;
