-- A chatmessage of type COMMENT, as the members of a room get it.
create or replace function chat.encode_comment(p_username text, p_room_id integer, p_comment text, p_seq bigint)
returns bytea
language sql
stable
parallel safe
as $$
  select chat.encode_chatmessage('COMMENT', p_username, p_room_id, p_seq, p_comment => p_comment)
$$;
