drop table chat.name_claim cascade;
drop table chat.departed_member cascade;
drop table chat.departure cascade;
drop table chat.room_elsewhere cascade;
drop table chat.slot cascade;
drop table chat.server cascade;
