-- Rooms keep their sequences; what they got cannot be had again (HISTORY_TRUNCATED).
alter table chat.room add column last_seq bigint not null default 0;

update chat.room as r
set last_seq = r.seq_offset + g.last_place, log_from = r.seq_offset + g.last_place + 1
from chat.room_group as g
where g.group_id = r.group_id;

comment on column chat.room.last_seq is 'Sequence of the newest message of the room; they are gapless from 1';

alter table chat.room drop column group_id cascade, drop column seq_offset cascade;

drop table chat.room_log, chat.group_log, chat.feed_batch, chat.room_group_filter, chat.room_group cascade;

create table chat.room_log (
  room_id integer not null,
  first_seq bigint not null,
  last_seq bigint not null,
  feed_id smallint,
  row_ids int8multirange not null,
  logged_at timestamptz not null default now(),
  primary key (room_id, first_seq),
  check (last_seq >= first_seq)
);

comment on table chat.room_log is
  'What a room got, in order: a row a room and transaction, with the keys of the feed''s rows, '
  'or of chat_event if feed_id is null';

drop function if exists
  chat.match_filter(integer, bigint[], text, interval),
  chat.match_filters_apart(integer, bigint[], text),
  chat.read_room_log(integer, bigint, bigint, integer),
  chat.list_logged_rows(integer, bigint, bigint, integer);
