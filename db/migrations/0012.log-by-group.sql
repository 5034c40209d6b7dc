-- Logs of feed rows a group of rooms with equal filters, and no longer a room: a batch costs what its filters cost.
-- depends: 0011.log-without-foreign-keys

create table chat.room_group (
  group_id integer generated always as identity primary key,
  filter_ids integer[] unique,
  last_place bigint not null default 0,
  live_until timestamptz not null default '-infinity',
  is_routed boolean not null default false
)
with (fillfactor = 50);

create index room_group_routed_idx on chat.room_group (live_until) where is_routed;

comment on table chat.room_group is
  'Rooms with equal filters, a filter a feed: they get the same feed rows, which are logged once for all of them';

comment on column chat.room_group.filter_ids is
  'By feed, with ALL in place of a suspended one; null if it only holds what a room got before there were groups';

comment on column chat.room_group.last_place is 'How many feed rows the group was given; their places count from 1';

comment on column chat.room_group.live_until is 'The latest of its rooms''';

comment on column chat.room_group.is_routed is 'Whether it is in room_group_filter: it lives, or did a moment ago';

create table chat.room_group_filter (
  filter_id integer not null references chat.filter,
  group_id integer not null references chat.room_group,
  primary key (filter_id, group_id)
);

comment on table chat.room_group_filter is
  'room_group.filter_ids of the groups that are routed, to be looked up by filter';

create table chat.feed_batch (
  batch_id bigint generated always as identity primary key,
  feed_id smallint not null,
  row_ids int8multirange not null,
  logged_at timestamptz not null default now()
);

comment on table chat.feed_batch is 'The rows that were stored at once, if any group was given one of them';

-- From the newest on, a row's batch is found by its upper end.
create index feed_batch_upper_idx on chat.feed_batch (feed_id, upper(row_ids));

create table chat.group_log (
  group_id integer not null,
  first_place bigint not null,
  last_place bigint not null,
  batch_id bigint not null,
  bits bytea,
  primary key (group_id, first_place),
  check (last_place >= first_place)
);

comment on table chat.group_log is
  'What a group of rooms was given of a batch: the truth about which feed rows its rooms got';

comment on column chat.group_log.bits is
  'A bit a row of the batch, in their order, the highest of a byte first; null for all rows';

create index group_log_batch_id_idx on chat.group_log (batch_id);

alter table chat.room_log rename to old_room_log;

alter table chat.old_room_log rename constraint room_log_pkey to old_room_log_pkey;

create table chat.room_log (
  room_id integer not null,
  seq bigint not null,
  chat_event_id bigint,
  group_id integer not null,
  place bigint not null,
  logged_at timestamptz not null default now(),
  primary key (room_id, seq)
);

comment on table chat.room_log is
  'The messages of rooms themselves, and which feed rows came between them: those of group_id after place, a seq each';

comment on column chat.room_log.chat_event_id is
  'The message with this seq; null if the row only says how it goes on behind it';
alter table chat.room
  add column group_id integer,
  add column seq_offset bigint not null default 0;

comment on column chat.room.seq_offset is
  'What is added to a place in the group to have its seq in the room; with the last place, the newest seq';

-- What rooms got before: a group for each room, that no room is in any more. Its places are what of the room's
-- sequences is not the room's own, so a hole in the log stays one.
with archived as (
  insert into chat.room_group (filter_ids)
  select null from chat.room as r order by r.room_id
  returning group_id
)
update chat.room as r
set group_id = a.group_id
from (select group_id, row_number() over (order by group_id) as number from archived) as a
join (select room_id, row_number() over (order by room_id) as number from chat.room) as n on n.number = a.number
where r.room_id = n.room_id;

create temporary table entry on commit drop as
select
  l.*,
  g.group_id,
  row_number() over (order by l.logged_at, l.room_id, l.first_seq) as batch_id,
  l.last_seq - coalesce(
    sum(l.last_seq - l.first_seq + 1) filter (where l.feed_id is null) over (
      partition by l.room_id order by l.first_seq
    ),
    0
  )::bigint as up_to
from chat.old_room_log as l
join chat.room as g on g.room_id = l.room_id;

insert into chat.feed_batch (batch_id, feed_id, row_ids, logged_at) overriding system value
select e.batch_id, e.feed_id, e.row_ids, e.logged_at from entry as e where e.feed_id is not null;

do $$
begin
  perform setval(pg_get_serial_sequence('chat.feed_batch', 'batch_id'), max(e.batch_id))
  from entry as e
  having max(e.batch_id) is not null;
end
$$;

insert into chat.group_log (group_id, first_place, last_place, batch_id)
select e.group_id, e.up_to - (e.last_seq - e.first_seq), e.up_to, e.batch_id
from entry as e
where e.feed_id is not null;

update chat.room_group as g
set last_place = e.up_to
from (select group_id, max(up_to) as up_to from entry group by group_id) as e
where g.group_id = e.group_id;

insert into chat.room_log (room_id, seq, group_id, place)
select e.room_id, min(e.first_seq) - 1, e.group_id, min(e.first_seq) - 1 from entry as e group by e.room_id, e.group_id;

insert into chat.room_log (room_id, seq, chat_event_id, group_id, place, logged_at)
select e.room_id, e.first_seq + row_number() over (partition by e.room_id, e.first_seq order by i) - 1, i,
  e.group_id, e.up_to, e.logged_at
from entry as e
cross join lateral unnest(e.row_ids) as r
cross join lateral generate_series(lower(r), upper(r) - 1) as i
where e.feed_id is null;

-- The groups of the present filters.
create temporary table wanted on commit drop as
select
  f.room_id,
  array_agg(
    case
      when f.state = 'suspended' then
        (select t.filter_id from chat.filter as t where t.feed_id = f.feed_id and t.canonical = 'false')
      else f.filter_id
    end
    order by f.feed_id
  ) as filter_ids
from chat.room_filter as f
where f.state <> 'replaced'
group by f.room_id;

insert into chat.room_group (filter_ids, live_until, is_routed)
select w.filter_ids, max(r.live_until), max(r.live_until) > clock_timestamp()
from wanted as w
join chat.room as r on r.room_id = w.room_id
group by w.filter_ids;

insert into chat.room_group_filter (filter_id, group_id)
select distinct i, g.group_id from chat.room_group as g cross join lateral unnest(g.filter_ids) as i where g.is_routed;

update chat.room as r
set group_id = g.group_id, seq_offset = r.last_seq
from wanted as w
join chat.room_group as g on g.filter_ids = w.filter_ids
where r.room_id = w.room_id;

insert into chat.room_log (room_id, seq, group_id, place)
select r.room_id, r.last_seq, r.group_id, 0 from chat.room as r
on conflict (room_id, seq) do update set group_id = excluded.group_id, place = excluded.place;

drop table chat.old_room_log;

-- Once they were noted as such when somebody came back; now that is known only of whole groups.
update chat.room as r set log_from = r.last_seq + 1 where r.live_until < clock_timestamp();

alter table chat.room
  drop column last_seq,
  alter column group_id set not null,
  add foreign key (group_id) references chat.room_group;

create index room_group_id_idx on chat.room (group_id, live_until);

-- Made anew with other columns.
drop function if exists
  chat.match_filter(integer, bigint[], text, interval),
  chat.match_filters_apart(integer, bigint[], text),
  chat.read_room_log(integer, bigint, bigint, integer),
  chat.list_logged_rows(integer, bigint, bigint, integer);
