-- Makes a table that can become a partition, in the form of the highest one, or of the table if there is none yet.
--
-- So it has the indexes and options that somebody gave that, and those that a table with partitions cannot have.
-- Defaults are the partitioned table's: what is inserted comes through that.
create or replace function chat.add_partition(p_table regclass)
returns chat.partition
language plpgsql
volatile
as $$
declare
  v_partition chat.partition;
  v_model regclass := coalesce(
    (
      select p.part
      from chat.partition as p
      where p.table_name = p_table and p.until_key is null and p.detached_at is null
    ),
    p_table
  );
begin
  v_partition.partition_id := nextval('chat.partition_partition_id_seq');
  execute format(
    'create table part.%I (like %s including constraints including generated including indexes including storage)%s',
    (select c.relname from pg_class as c where c.oid = p_table) || '_' || v_partition.partition_id, v_model,
    (select ' with (' || array_to_string(c.reloptions, ', ') || ')' from pg_class as c where c.oid = v_model)
  );
  v_partition.part := format(
    'part.%I', (select c.relname from pg_class as c where c.oid = p_table) || '_' || v_partition.partition_id
  )::regclass;
  execute format(
    'alter table %s drop constraint if exists below_end, drop constraint if exists above_start', v_partition.part
  );
  insert into chat.partition (partition_id, table_name, part)
  values (v_partition.partition_id, p_table, v_partition.part)
  returning * into v_partition;
  return v_partition;
end
$$;
