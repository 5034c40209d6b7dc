-- The channel that carries, once, the content of every feed row that some occupied room gets; cast as in room_channel.
create or replace function chat.feed_channel(p_feed_id integer)
returns text
language sql
immutable
parallel safe
as $$
  select 'chat_feed_' || p_feed_id::text
$$;
