drop function if exists chat.list_feeds();
