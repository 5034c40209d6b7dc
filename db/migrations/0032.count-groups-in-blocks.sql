-- Groups are counted and logged in blocks of sixteen: one update and one entry for all that get rows of a batch.
-- depends: 0031.deal-rooms

-- The log's lock (lock_class), which all that writes takes first: nobody is amid a batch when its tables are changed.
do $$
begin
  perform pg_advisory_xact_lock(4242, 0);
end
$$;

create table chat.group_block (
  block_id integer primary key,
  groups smallint not null check (groups between 1 and 16),
  last_places bigint[] not null default array_fill(0::bigint, array[16]),
  occupied boolean[] not null default array_fill(false, array[16]),
  rooms integer[] not null default array_fill(0, array[16])
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

alter table chat.group_block
  alter column last_places set storage plain,
  alter column occupied set storage plain,
  alter column rooms set storage plain;

comment on table chat.group_block is
  'Sixteen groups whose numbers follow each other, from 16 times that of the block on';

comment on column chat.group_block.groups is 'How many of the numbers are taken, from the first on';

comment on column chat.group_block.last_places is
  'How many feed rows each group was given; their places count from 1';

comment on column chat.group_block.occupied is 'Whether somebody is in a room of each group';

comment on column chat.group_block.rooms is 'How many rooms are in each group';

insert into chat.group_block (block_id, groups, last_places, occupied, rooms)
select
  b.block_id,
  b.groups,
  array(
    select coalesce((select g.last_place from chat.room_group as g where g.group_id = b.block_id * 16 + i), 0)
    from generate_series(0, 15) as i
    order by i
  ),
  array(
    select exists (
      select from chat.room_group as g where g.group_id = b.block_id * 16 + i and g.live_until = 'infinity'
    )
    from generate_series(0, 15) as i
    order by i
  ),
  array(
    select coalesce((select g.rooms from chat.room_group as g where g.group_id = b.block_id * 16 + i), 0)
    from generate_series(0, 15) as i
    order by i
  )
from (
  select g.group_id / 16 as block_id, max(g.group_id % 16) + 1 as groups from chat.room_group as g group by 1
) as b;

create table chat.block_log (
  block_id integer not null,
  batch_id bigint not null,
  last_places bigint[] not null,
  indexes smallint[] not null,
  bits bytea[] not null,
  primary key (block_id, batch_id)
) partition by range (batch_id);

-- Bits are of no regular shape, and mostly short: to press them takes longer than to write them.
alter table chat.block_log
  alter column last_places set storage plain,
  alter column indexes set storage plain,
  alter column bits set storage external;

create index block_log_batch_id_idx on chat.block_log (batch_id);

comment on table chat.block_log is
  'What the groups of a block were given of a batch: the truth about which feed rows their rooms got';

comment on column chat.block_log.last_places is
  'The last place of each group of the block behind the batch, as many as there were groups';

comment on column chat.block_log.indexes is 'Which groups of the block got rows of it, from 1 to 16, in any order';

comment on column chat.block_log.bits is
  'For each of these one bit per row of the batch, in their order, the highest of a byte first';

insert into chat.bounded_table (
  table_name, family, feed_id, numbered_by, passed_over, gone_until, gone_at, gone_why, waits_since, waits_why
)
select
  'chat.block_log', t.family, t.feed_id, t.numbered_by, t.passed_over, t.gone_until, t.gone_at, t.gone_why,
  t.waits_since, t.waits_why
from chat.bounded_table as t
where t.table_name = 'chat.group_log'::regclass;

-- Partitions for the same batches and of the same age, with a constraint where those of group_log have one.
do $$
declare
  v_partition chat.partition;
  v_former regclass;
  v_check record;
begin
  for v_partition in
    select p.*
    from chat.partition as p
    where p.table_name = 'chat.group_log'::regclass and p.detached_at is null
    order by p.from_key nulls first
  loop
    v_former := v_partition.part;
    -- A row may take a page before its bits are put elsewhere.
    execute format(
      'create table part.block_log_%s (like chat.block_log including constraints including indexes including storage) '
      'with (toast_tuple_target = 8160)', v_partition.partition_id
    );
    for v_check in
      select c.conname as name, pg_get_constraintdef(c.oid) as definition
      from pg_constraint as c
      where c.conrelid = v_former and c.conname in ('above_start', 'below_end')
    loop
      execute format(
        'alter table part.block_log_%s add constraint %I %s',
        v_partition.partition_id, v_check.name, v_check.definition
      );
    end loop;
    execute format(
      'alter table chat.block_log attach partition part.block_log_%s for values from (%s) to (%s)',
      v_partition.partition_id,
      coalesce(v_partition.from_key::text, 'minvalue'), coalesce(v_partition.until_key::text, 'maxvalue')
    );
    -- What is copied into it does not make it young again (note_ages).
    update chat.partition as p
    set
      table_name = 'chat.block_log', part = format('part.block_log_%s', p.partition_id)::regclass,
      rows_then = case when p.filled_at is not null then 9223372036854775807 end
    where p.partition_id = v_partition.partition_id;
  end loop;
end
$$;

-- Each entry says where all groups of its block are behind the batch, so those that got nothing are where they were.
do $$
begin
  execute (
    select format(
      $query$
      insert into chat.block_log (block_id, batch_id, last_places, indexes, bits)
      select b.block_id, b.batch_id, array[%s], b.indexes, b.bits
      from (
        select
          l.group_id / 16 as block_id, l.batch_id, array[%s] as last_places,
          array_agg((l.group_id %% 16 + 1)::smallint order by l.group_id) as indexes,
          array_agg(coalesce(l.bits, a.bits) order by l.group_id) as bits
        from (select g.*, g.last_place - g.first_place + 1 as size from chat.group_log as g) as l
        -- All rows were null.
        cross join lateral (
          select decode(repeat('ff', (l.size / 8)::integer), 'hex') || case
            when l.size %% 8 > 0 then set_byte('\x00', 0, 255 << (8 - l.size %% 8)::integer & 255)
            else ''
          end
        ) as a(bits)
        group by 1, 2
      ) as b
      window so_far as (partition by b.block_id order by b.batch_id)
      $query$,
      string_agg(format('coalesce(max(b.last_places[%s]) over so_far, 0)', i + 1), ', ' order by i),
      string_agg(format('max(l.last_place) filter (where l.group_id %% 16 = %s)', i), ', ' order by i)
    )
    from generate_series(0, 15) as i
  );
end
$$;

do $$
declare
  v_part regclass;
begin
  for v_part in
    select p.part
    from chat.partition as p
    where p.table_name = 'chat.group_log'::regclass and p.detached_at is not null
  loop
    execute format('drop table %s', v_part);
  end loop;
end
$$;

delete from chat.partition as p where p.table_name = 'chat.group_log'::regclass;

delete from chat.bounded_table as t where t.table_name = 'chat.group_log'::regclass;

drop table chat.group_log;

-- A view of the former form reads it; it comes again, as all do.
drop view if exists chat.room_activity;

alter table chat.room_group
  alter column group_id drop identity,
  drop column last_place,
  drop column rooms,
  add column likeness text collate "C" not null default '';

comment on column chat.room_group.likeness is
  'What groups have in common that are likely to get the same rows (likeness): they are put into the same blocks';

update chat.room_group as g
set likeness = format(
  '%s %s', f.feed_id, left(substring(f.canonical from '^(?:[^''0-9]|[a-z_][0-9]+)*(?:''[^'']*''|[0-9.]*)'), 200)
)
from chat.filter as f
where f.filter_id = (
  select i.filter_id
  from unnest(g.filter_ids) with ordinality as i(filter_id, number)
  join chat.filter as o on o.filter_id = i.filter_id
  where o.canonical not in ('true', 'false')
  order by i.number
  limit 1
);

create index room_group_likeness_idx on chat.room_group (likeness, group_id);

-- Groups cost less than they did, so what each room is told on its own channel counts sooner.
alter table chat.setting alter column max_announced_rooms set default 64;

update chat.setting set max_announced_rooms = 64 where max_announced_rooms = 256;

comment on column chat.filter_verdict.normalized is
  'The clause with its field names put as columns, if only the words stage was asked; of an outline the canonical text';
