-- Filters: the distinct ones by canonical text, and which room had which when.
-- depends: 0004.create-rooms

create table chat.filter (
  filter_id integer generated always as identity primary key,
  feed_id smallint not null references chat.feed,
  canonical text not null
);

-- A hash, since an index entry is limited to 2,704 bytes and a canonical text is not.
create unique index filter_canonical_key on chat.filter (feed_id, md5(canonical));

comment on table chat.filter is 'The distinct filters; rooms whose clauses mean the same to Postgres share one';

insert into chat.filter (feed_id, canonical) select feed_id, 'true' from chat.feed;

insert into chat.filter (feed_id, canonical) select feed_id, 'false' from chat.feed;

create table chat.room_filter (
  room_filter_id bigint generated always as identity primary key,
  room_id integer not null references chat.room,
  feed_id smallint not null references chat.feed,
  filter_id integer not null references chat.filter,
  clause text not null,
  state text not null default 'in force' check (state in ('in force', 'replaced', 'suspended')),
  set_by text,
  set_at timestamptz not null default now(),
  from_seq bigint not null,
  until_seq bigint,
  reason text
);

create unique index room_filter_present_key on chat.room_filter (room_id, feed_id) where state <> 'replaced';

create index room_filter_filter_id_idx on chat.room_filter (filter_id) where state = 'in force';

comment on table chat.room_filter is
  'Every filter a room ever had: rows of the feed after from_seq, up to until_seq, were chosen by it';

create table chat.router (
  feed_id smallint primary key references chat.feed,
  filter_ids integer[] not null default '{}',
  generated_at timestamptz not null default now()
);

comment on table chat.router is 'Which filters the generated router of a feed evaluates';

insert into chat.router (feed_id) select feed_id from chat.feed;
