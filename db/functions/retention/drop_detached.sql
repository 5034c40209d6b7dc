-- Drops a partition that was taken from a table: nobody finds it any more, but files take a moment to go.
create or replace function chat.drop_detached(p_table regclass)
returns text
language plpgsql
volatile
as $$
declare
  v_part regclass;
  v_name text;
begin
  delete from chat.partition as p
  where p.partition_id = (
    select o.partition_id from chat.partition as o where o.table_name = p_table and o.detached_at is not null limit 1
  )
  returning p.part into v_part;
  if v_part is null then
    return null;
  end if;
  v_name := v_part::text;
  execute format('drop table %s', v_part);
  return format('dropped %s', v_name);
end
$$;
