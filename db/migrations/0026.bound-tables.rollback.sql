alter table chat.room_group reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);

alter table chat.room reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);

alter table chat.member reset (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);

alter table chat.feed_position reset (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);

alter table chat.gateway reset (fillfactor, autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);

alter table chat.filter_verdict reset (autovacuum_vacuum_scale_factor, autovacuum_vacuum_threshold);

-- The lowest partition becomes the table again, and takes the rows of the others.
do $$
declare
  v_table record;
  v_base regclass;
  v_part regclass;
  v_is_identity boolean;
  v_last record;
  v_columns text;
  v_statements text[];
  v_statement text;
begin
  for v_table in
    select
      t.table_name::oid as id, n.nspname as schema_name, c.relname as name, a.attname as key, t.numbered_by, t.family
    from chat.bounded_table as t
    join pg_class as c on c.oid = t.table_name
    join pg_namespace as n on n.oid = c.relnamespace
    join pg_partitioned_table as p on p.partrelid = c.oid
    join pg_attribute as a on a.attrelid = c.oid and a.attnum = p.partattrs[0]
  loop
    v_statements := array(
      select format(
        'create or replace view %s%s as %s', v.oid::regclass,
        ' with (' || array_to_string(v.reloptions, ', ') || ')', pg_get_viewdef(v.oid)
      )
      from (
        select distinct r.ev_class as oid
        from pg_depend as d
        join pg_rewrite as r on d.classid = 'pg_rewrite'::regclass and d.objid = r.oid
        where d.refclassid = 'pg_class'::regclass and d.refobjid = v_table.id
      ) as u
      join pg_class as v using (oid)
      where v.relkind = 'v'
    ) || array(
      select pg_get_triggerdef(t.oid) from pg_trigger as t where t.tgrelid = v_table.id and not t.tgisinternal
    );
    select p.part into v_base
    from chat.partition as p
    where p.table_name = v_table.id
    order by p.detached_at nulls first, p.from_key nulls first
    limit 1;
    select string_agg(quote_ident(a.attname), ', ' order by a.attnum) into v_columns
    from pg_attribute as a
    where a.attrelid = v_table.id and a.attnum > 0 and not a.attisdropped and a.attgenerated = '';
    for v_part in select p.part from chat.partition as p where p.table_name = v_table.id and p.detached_at is null loop
      execute format('alter table %s detach partition %s', v_table.id::regclass, v_part);
    end loop;
    execute format(
      'alter table %s drop constraint if exists below_end, drop constraint if exists above_start', v_base
    );
    for v_part in select p.part from chat.partition as p where p.table_name = v_table.id and p.part <> v_base loop
      execute format('insert into %s (%s) select %2$s from %s', v_base, v_columns, v_part);
      execute format('drop table %s', v_part);
    end loop;

    v_is_identity := v_table.name <> 'room_log' and exists (
      select from pg_depend as d where d.objid = v_table.numbered_by and d.refobjid = v_table.id and d.deptype = 'a'
    );
    -- Partitions have no defaults of their own.
    v_statements := array(
      select format(
        'alter table %I.%I alter column %I set default %s',
        v_table.schema_name, v_table.name, a.attname, pg_get_expr(d.adbin, d.adrelid)
      )
      from pg_attribute as a
      join pg_attrdef as d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = v_table.id
        and a.attgenerated = ''
        and (a.attname <> v_table.key or not v_is_identity and v_table.name <> 'room_log')
    ) || v_statements;
    if v_is_identity then
      execute format('select last_value, is_called from %s', v_table.numbered_by) into v_last;
    end if;
    execute format('alter table %s rename to _leaving', v_table.id::regclass);
    -- The names of its indexes and constraints are the base's again.
    execute 'create schema leaving';
    execute format('alter table %s set schema leaving', v_table.id::regclass);
    execute format('alter table %s rename to _moving', v_base);
    execute format('alter table part._moving set schema %I', v_table.schema_name);
    execute format('alter table %I._moving rename to %I', v_table.schema_name, v_table.name);
    foreach v_statement in array v_statements loop
      execute v_statement;
    end loop;
    -- chat.partition is gone before anything of a table that it names.
    delete from chat.bounded_table as t where t.table_name = v_table.id;
    execute 'drop schema leaving cascade';
    if v_is_identity then
      execute format(
        'alter table %I.%I alter column %I add generated %s as identity',
        v_table.schema_name, v_table.name, v_table.key,
        case v_table.family when 'feed' then 'by default' else 'always' end
      );
      perform setval(
        pg_get_serial_sequence(format('%I.%I', v_table.schema_name, v_table.name), v_table.key)::regclass,
        v_last.last_value, v_last.is_called
      );
    end if;
  end loop;
end
$$;

alter table chat.room_log drop column room_log_id;

drop view if exists chat.kept, chat.feed_activity, chat.room_activity;

-- With the functions that take one.
drop table chat.partition cascade;

drop table chat.bounded_table;

drop schema part cascade;

drop table chat.room_kept;

alter table chat.setting
  drop column chat_keep_for,
  drop column chat_keep_bytes,
  drop column log_keep_for,
  drop column log_keep_bytes;

alter table chat.feed
  drop column keep_for,
  drop column keep_bytes;
