do $$
begin
  perform pg_advisory_xact_lock(4242, 0);
end
$$;

drop view if exists chat.room_activity, chat.group_log, chat.group_place;

alter table chat.room_group
  add column last_place bigint not null default 0,
  add column rooms integer not null default 0,
  drop column likeness;

comment on column chat.room_group.last_place is 'How many feed rows the group was given; their places count from 1';

update chat.room_group as g
set last_place = b.last_places[g.group_id % 16 + 1], rooms = b.rooms[g.group_id % 16 + 1]
from chat.group_block as b
where b.block_id = g.group_id / 16;

alter table chat.room_group alter column group_id add generated always as identity;

select setval('chat.room_group_group_id_seq', max(g.group_id)) from chat.room_group as g;

create table chat.group_log (
  group_id integer not null,
  first_place bigint not null,
  last_place bigint not null,
  batch_id bigint not null,
  bits bytea,
  constraint group_log_check check (last_place >= first_place)
) partition by range (batch_id);

comment on table chat.group_log is
  'What a group of rooms was given of a batch: the truth about which feed rows its rooms got';

comment on column chat.group_log.bits is
  'One bit per row of the batch, in their order, the highest of a byte first; null for all rows';

insert into chat.bounded_table (
  table_name, family, feed_id, numbered_by, passed_over, gone_until, gone_at, gone_why, waits_since, waits_why
)
select
  'chat.group_log', t.family, t.feed_id, t.numbered_by, t.passed_over, t.gone_until, t.gone_at, t.gone_why,
  t.waits_since, t.waits_why
from chat.bounded_table as t
where t.table_name = 'chat.block_log'::regclass;

do $$
declare
  v_partition chat.partition;
  v_former regclass;
  v_check record;
begin
  for v_partition in
    select p.*
    from chat.partition as p
    where p.table_name = 'chat.block_log'::regclass and p.detached_at is null
    order by p.from_key nulls first
  loop
    v_former := v_partition.part;
    execute format(
      'create table part.group_log_%s (like chat.group_log including comments including constraints, '
      'primary key (group_id, first_place))', v_partition.partition_id
    );
    execute format(
      'create index group_log_%1$s_batch_id_idx on part.group_log_%1$s (batch_id)', v_partition.partition_id
    );
    for v_check in
      select c.conname as name, pg_get_constraintdef(c.oid) as definition
      from pg_constraint as c
      where c.conrelid = v_former and c.conname in ('above_start', 'below_end')
    loop
      execute format(
        'alter table part.group_log_%s add constraint %I %s',
        v_partition.partition_id, v_check.name, v_check.definition
      );
    end loop;
    execute format(
      'alter table chat.group_log attach partition part.group_log_%s for values from (%s) to (%s)',
      v_partition.partition_id,
      coalesce(v_partition.from_key::text, 'minvalue'), coalesce(v_partition.until_key::text, 'maxvalue')
    );
    update chat.partition as p
    set
      table_name = 'chat.group_log', part = format('part.group_log_%s', p.partition_id)::regclass,
      rows_then = case when p.filled_at is not null then 9223372036854775807 end
    where p.partition_id = v_partition.partition_id;
  end loop;
  for v_former in
    select p.part
    from chat.partition as p
    where p.table_name = 'chat.block_log'::regclass and p.detached_at is not null
  loop
    execute format('drop table %s', v_former);
  end loop;
end
$$;

create index group_log_batch_id_idx on chat.group_log (batch_id);

insert into chat.group_log (group_id, first_place, last_place, batch_id, bits)
select
  l.block_id * 16 + u.index - 1, l.last_places[u.index] - bit_count(u.bits) + 1, l.last_places[u.index], l.batch_id,
  u.bits
from chat.block_log as l
cross join lateral unnest(l.indexes, l.bits) as u(index, bits);

delete from chat.partition as p where p.table_name = 'chat.block_log'::regclass;

delete from chat.bounded_table as t where t.table_name = 'chat.block_log'::regclass;

drop table chat.block_log;

drop table chat.group_block;

alter table chat.setting alter column max_announced_rooms set default 256;

update chat.setting set max_announced_rooms = 256 where max_announced_rooms = 64;

comment on column chat.filter_verdict.normalized is
  'The clause with its field names put as columns, if it passed the words stage and no other was asked yet';
