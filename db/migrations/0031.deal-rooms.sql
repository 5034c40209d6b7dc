-- Rooms may be dealt over several servers: see docs/architecture.md, "servers".
-- depends: 0030.index-groups-of-filters

create table chat.server (
  is_only boolean primary key default true check (is_only),
  name text check (name <> ''),
  num_rooms integer not null default 0
);

comment on table chat.server is 'One row: what this database is among several servers';
comment on column chat.server.name is 'What the map of servers calls it; null while there is no other';
comment on column chat.server.num_rooms is 'How many rooms are open on all servers; 0 while there is no other';

insert into chat.server default values;

create table chat.slot (
  slot integer primary key check (slot between 0 and 1023)
);

comment on table chat.slot is 'The slots of rooms that this server has; where it has no name it has all';

create table chat.room_elsewhere (
  room_id integer primary key,
  status bytea not null
);

comment on table chat.room_elsewhere is
  'What gateways told last of the rooms of other servers, as statuses have it; few rooms only';

create table chat.departure (
  slot integer primary key,
  server text not null,
  stream text,
  epoch text,
  last_seq bigint,
  left_at timestamp with time zone not null default clock_timestamp()
);

comment on table chat.departure is 'Slots that this server gave up, and whose rooms are yet to be taken in by another';
comment on column chat.departure.server is 'What the map of servers calls the other';
comment on column chat.departure.last_seq is 'Up to which message of the feeds'' stream their rooms got theirs here';

create table chat.departed_member (
  username text primary key,
  name_key text not null,
  look text,
  room_id integer not null,
  joined_at timestamp with time zone not null,
  resume_hash text,
  is_muted boolean not null
);

comment on table chat.departed_member is 'Who was in rooms that left this server, until the other has them';

create table chat.name_claim (
  word text not null,
  slot integer not null,
  name_key text not null,
  username text not null,
  room_id integer not null,
  gateway_id integer,
  resume_hash text,
  claimed_at timestamp with time zone not null default clock_timestamp(),
  primary key (word, name_key)
)
with (fillfactor = 70, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

comment on table chat.name_claim is
  'Names and looks in use on all servers that this one is the home of; none while there is no other server';
comment on column chat.name_claim.word is 'The key of the name, behind k:, or its look, behind l:';
comment on column chat.name_claim.slot is 'The slot of the word''s hash, with which it is moved';
comment on column chat.name_claim.gateway_id is
  'Whose claim it is, by the id that the gateway has here; null until it has told that since the slot was moved here';

create index name_claim_gateway_id_idx on chat.name_claim (gateway_id);
