-- Feed rows are announced on the rooms' channels, too: of all rooms, or of those that somebody asked for.
-- depends: 0020.number-as-the-original

alter table chat.setting
  add column max_announced_rooms integer not null default 256 check (max_announced_rooms >= 0);

comment on column chat.setting.max_announced_rooms is
  'While a batch reaches at most so many rooms, each is told on its channel; beyond that, only those of announce_room';

alter table chat.room add column is_announced boolean not null default false;

comment on column chat.room.is_announced is
  'Somebody asked for it (announce_room): its feed rows are always told on its channel, and it is live without members';

comment on column chat.room.live_until is
  'infinity while somebody is in it or asked that it be announced; then until the resume window ends';

create index room_announced_idx on chat.room (group_id) where is_announced;

alter table chat.room_group add column rooms integer not null default 0;

comment on column chat.room_group.rooms is 'How many rooms are in it: all of them are told of its rows if they are few';

update chat.room_group as g set rooms = (select count(*) from chat.room as r where r.group_id = g.group_id);
