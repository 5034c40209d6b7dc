drop table chat.timeline;
