-- The sequence that numbers a table's rows, as a name to be called by. The key is <table>_id.
--
-- Those of the original's tables are in schema public, where its dumps set them, and so cannot belong to their columns:
-- their defaults depend on them.
create or replace function chat.key_sequence(p_table regclass)
returns text
language sql
stable
as $$
  select format('%I.%I', n.nspname, s.relname)
  from pg_class as c
  join pg_attribute as a on a.attrelid = c.oid and a.attname = c.relname || '_id'
  cross join lateral (
    select d.objid as sequence_id from pg_depend as d
    where d.classid = 'pg_class'::regclass and d.refobjid = c.oid and d.refobjsubid = a.attnum and d.deptype = 'i'
    union all
    select d.refobjid
    from pg_attrdef as f
    join pg_depend as d on d.classid = 'pg_attrdef'::regclass and d.objid = f.oid
    where f.adrelid = c.oid and f.adnum = a.attnum and d.refclassid = 'pg_class'::regclass
  ) as o
  join pg_class as s on s.oid = o.sequence_id and s.relkind = 'S'
  join pg_namespace as n on n.oid = s.relnamespace
  where c.oid = p_table
$$;
