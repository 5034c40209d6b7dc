-- cascade, for the views, which are made anew after the next apply.
drop table chat.router, chat.room_filter, chat.filter cascade;
