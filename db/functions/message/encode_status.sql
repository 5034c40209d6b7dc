-- A chatmessage of type ROOM_STATUS. p_seq is null in what only its receiver gets, but for HISTORY_TRUNCATED.
--
-- p_clauses are the clauses of the feeds p_feed_ids. PL/pgSQL, since that keeps plans from call to call.
create or replace function chat.encode_status(
  p_userstatus text,
  p_username text,
  p_room_id integer,
  p_feed_ids integer[],
  p_clauses text[],
  p_seq bigint,
  p_reason text
)
returns bytea
language plpgsql
stable
as $$
begin
  return chat.encode_chatmessage(
    'ROOM_STATUS', p_username, p_room_id, p_seq,
    p_userstatus => p_userstatus,
    p_rooms => chat.encode_rooms(case when p_userstatus <> 'PENDING' then p_room_id end),
    p_filters => chat.encode_filters(p_feed_ids, p_clauses),
    p_reason => p_reason
  );
end
$$;
