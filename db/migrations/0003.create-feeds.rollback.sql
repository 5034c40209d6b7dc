-- cascade, for the views, which are made anew after the next apply.
drop table chat.feed, chat.feed_column, chat.sport_event, chat.execution, chat.feed_position, chat.feed_reject cascade;
