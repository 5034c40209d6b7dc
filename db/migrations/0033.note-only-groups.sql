-- Beside a filter's constants stands its group, if it is in one only: of all others groups are looked up.
-- depends: 0032.count-groups-in-blocks

-- The log's lock (lock_class), which all that writes takes first: no filter is added meanwhile.
do $$
begin
  perform pg_advisory_xact_lock(4242, 0);
end
$$;

do $$
declare
  v_table regclass;
begin
  for v_table in
    select c.oid from pg_class as c where c.relnamespace = 'matching'::regnamespace and c.relname ~ '^pairs_'
      and c.relkind = 'r'
  loop
    execute format('alter table %s add column if not exists _group_id integer', v_table);
  end loop;
end
$$;
