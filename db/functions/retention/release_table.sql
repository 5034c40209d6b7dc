-- Forgets a bounded table that is about to be dropped, with those of its partitions that are none any more.
create or replace function chat.release_table(p_table regclass)
returns void
language plpgsql
volatile
as $$
declare
  v_part regclass;
begin
  for v_part in select p.part from chat.partition as p where p.table_name = p_table and p.detached_at is not null loop
    execute format('drop table %s', v_part);
  end loop;
  delete from chat.bounded_table as t where t.table_name = p_table;
end
$$;
