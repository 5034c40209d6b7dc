-- A chatmessage of type ROOM_STATUS. p_seq is null in what only its receiver gets.
create or replace function chat.encode_status(
  p_userstatus text,
  p_username text,
  p_room_id integer,
  p_sport_filter text,
  p_execution_filter text,
  p_seq bigint,
  p_reason text
)
returns bytea
language sql
stable
as $$
  select
    '\x0801'::bytea
    || chat.encode_text(2, p_userstatus)
    || chat.encode_rooms(case when p_userstatus <> 'PENDING' then p_room_id end)
    || chat.encode_text(5, p_username)
    || chat.encode_number(6, p_room_id)
    || chat.encode_text(8, p_sport_filter)
    || chat.encode_text(9, p_execution_filter)
    || chat.encode_number(12, p_seq)
    || chat.encode_text(13, p_reason)
$$;
