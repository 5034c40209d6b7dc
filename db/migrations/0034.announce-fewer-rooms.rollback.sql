-- Sixty-four, as before; a number that somebody set stays.
alter table chat.setting alter column max_announced_rooms set default 64;

update chat.setting set max_announced_rooms = 64 where max_announced_rooms = 16;
