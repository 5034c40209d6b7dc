drop table chat.router, chat.room_filter, chat.filter;
