-- A row of a feed as clients got it in a room: what gateway/frames.py makes of what read_room_log has.
create or replace function chat.encode_feed_row(p_feed chat.feed, p_message bytea, p_seq bigint)
returns bytea
language sql
immutable
as $$
  select
    chat.encode_number(1, p_feed.msgtype)
    || case when p_feed.message_field is null then p_message else chat.encode_bytes(p_feed.message_field, p_message) end
    || chat.encode_number(12, p_seq)
$$;
