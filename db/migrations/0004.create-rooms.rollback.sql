-- cascade, for the views, which are made anew after the next apply.
drop table chat.room_log, chat.chat_event, chat.member, chat.gateway, chat.room cascade;
