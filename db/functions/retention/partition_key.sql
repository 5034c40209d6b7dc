-- The column that a table is partitioned by.
create or replace function chat.partition_key(p_table regclass)
returns name
language sql
stable
as $$
  select a.attname
  from pg_partitioned_table as p
  join pg_attribute as a on a.attrelid = p.partrelid and a.attnum = p.partattrs[0]
  where p.partrelid = p_table
$$;
