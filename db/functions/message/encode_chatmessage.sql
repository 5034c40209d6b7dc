-- A chatmessage, written as generated code writes it: the fields in the order of their numbers, null leaves one out.
--
-- The numbers stand here and nowhere else in SQL: those of rooms in encode_rooms, those of filters in chat.feed and
-- encode_feed_filters, those of moderators in encode_moderation, those of a row in content_expression. p_rooms,
-- p_filters, p_feed_filters and p_moderation are what those wrote, and encode_filters. The type comes first, then
-- userstatus: gateways know a USERJOINED by that. A single expression, so that Postgres puts it into the
-- statement that needs it.
create or replace function chat.encode_chatmessage(
  p_msgtype text,
  p_username text,
  p_room_id integer,
  p_seq bigint,
  p_userstatus text default null,
  p_rooms bytea default '',
  p_comment text default null,
  p_filters bytea default '',
  p_reason text default null,
  p_reason_at integer default null,
  p_feed_filters bytea default '',
  p_moderation bytea default ''
)
returns bytea
language sql
stable
parallel safe
as $$
  select
    chat.encode_number(1, chat.msgtype(p_msgtype))
    || chat.encode_text(2, p_userstatus)
    || p_rooms
    || chat.encode_text(5, p_username)
    || chat.encode_number(6, p_room_id)
    || chat.encode_text(7, p_comment)
    || p_filters
    || chat.encode_number(12, p_seq)
    || chat.encode_text(13, p_reason)
    || p_feed_filters
    || chat.encode_number(22, p_reason_at)
    || p_moderation
$$;
