drop table chat.room_log, chat.chat_event, chat.member, chat.gateway, chat.room;
