-- Whether the server was promoted since something was last numbered, and may lack what was told before.
-- depends: 0017.reword-comments

create table chat.timeline (
  number integer not null,
  is_synchronous boolean not null,
  is_only boolean primary key default true check (is_only)
);

insert into chat.timeline (number, is_synchronous)
values (('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::integer, false);

comment on table chat.timeline is
  'One row: the timeline on which messages were last numbered; each promotion begins one';

comment on column chat.timeline.is_synchronous is
  'Whether a commit waited for a standby; if not, a promoted one may lack messages, and their numbers are passed over';
