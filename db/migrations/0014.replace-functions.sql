-- A function cannot get other columns: the feeds' list goes, and its file makes it anew.
-- depends: 0013.bound-text-work

drop function if exists chat.list_feeds();
