-- What a gateway needs to know of the feeds: how to wrap a feed's messages for clients.
create or replace function chat.list_feeds()
returns table (feed_id smallint, name text, msgtype smallint, message_field smallint, channel text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select f.feed_id, f.name, f.msgtype, f.message_field, chat.feed_channel(f.feed_id)
  from chat.feed as f
  order by f.feed_id
$$;
