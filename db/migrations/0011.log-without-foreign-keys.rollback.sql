alter table chat.room_log
  add foreign key (room_id) references chat.room,
  add foreign key (feed_id) references chat.feed;
