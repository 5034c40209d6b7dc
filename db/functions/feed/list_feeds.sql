-- What a gateway needs to know of feeds: how to wrap their messages for clients, and which field holds the filter.
create or replace function chat.list_feeds()
returns table (feed_id smallint, msgtype smallint, message_field smallint, filter_field smallint, channel text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select f.feed_id, f.msgtype, f.message_field, f.filter_field, chat.feed_channel(f.feed_id)
  from chat.feed as f
  order by f.feed_id
$$;
