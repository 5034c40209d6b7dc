-- Rooms are moderated: a record of what was done by whom, and what of it is in force.
-- depends: 0027.compare-names

create table chat.moderation (
  moderation_id bigint generated always as identity primary key,
  done_at timestamptz not null default clock_timestamp(),
  action text not null,
  room_id integer,
  username text,
  seq bigint,
  lasts interval,
  reason text,
  by_role name,
  by_moderator text,
  check (num_nonnulls(by_role, by_moderator) = 1)
);

comment on table chat.moderation is 'What moderators and operators did; only ever added to';
comment on column chat.moderation.room_id is 'Null for all rooms';
comment on column chat.moderation.username is 'Whom it was done to: of a comment that was removed, its author';
comment on column chat.moderation.seq is 'Which comment was removed';
comment on column chat.moderation.lasts is
  'How long a ban or mute holds, null for ever; in slow mode, the time between two comments of one person';
comment on column chat.moderation.reason is 'For people; of a room that was closed, the message';
comment on column chat.moderation.by_role is 'The role of Postgres that did it, if no moderator did';
comment on column chat.moderation.by_moderator is 'The name of the moderator who did it from a room';

create table chat.measure (
  kind text not null check (kind in ('ban', 'mute', 'lock', 'slow', 'close')),
  name_key text not null,
  room_id integer,
  until timestamptz not null,
  moderation_id bigint not null references chat.moderation,
  unique nulls not distinct (name_key, kind, room_id)
);

comment on table chat.measure is 'What moderators did and is in force until a time; chat.moderation says what for';
comment on column chat.measure.name_key is 'Whom it is about, as names are compared; empty if it is about the room';
comment on column chat.measure.room_id is 'Null for all rooms';

create table chat.slow_comment (
  room_id integer not null,
  name_key text not null,
  said_at timestamptz not null,
  primary key (room_id, name_key)
);

comment on table chat.slow_comment is 'Who commented lately in rooms in slow mode';

alter table chat.room add column is_slow boolean not null default false;

comment on column chat.room.is_slow is 'It is in slow mode: each comment is looked at (explain_silence)';

alter table chat.member add column is_muted boolean not null default false;

comment on column chat.member.is_muted is 'They may be muted: each of their comments is looked at (explain_silence)';
