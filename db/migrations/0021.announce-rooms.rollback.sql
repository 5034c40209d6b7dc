comment on column chat.room.live_until is 'infinity while somebody is in it; then until the resume window ends';

-- With the view that shows it; `migrate` makes that again.
alter table chat.room drop column is_announced cascade;

alter table chat.setting drop column max_announced_rooms;

alter table chat.room_group drop column rooms;
