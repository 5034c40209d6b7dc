
alter table chat.feed_position drop column last_time;
