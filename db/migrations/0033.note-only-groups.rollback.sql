-- The column stays: it stands in indexes that are of use without it. What it says would soon be wrong.
do $$
declare
  v_table regclass;
begin
  perform pg_advisory_xact_lock(4242, 0);
  for v_table in
    select c.oid from pg_class as c where c.relnamespace = 'matching'::regnamespace and c.relname ~ '^pairs_'
      and c.relkind = 'r'
  loop
    execute format('update %s set _group_id = null where _group_id is not null', v_table);
  end loop;
end
$$;
