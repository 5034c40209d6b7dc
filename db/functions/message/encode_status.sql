-- A chatmessage of type ROOM_STATUS. p_seq is null in what only its receiver gets, but for HISTORY_TRUNCATED.
--
-- p_clauses are the clauses of the feeds p_feed_ids. PL/pgSQL, since that keeps plans from call to call.
--
-- At most 1 MiB, which clients take as a frame. Clauses, rooms and users may fill all but 24 KiB of that; the rest is
-- for a reason of up to 16 KB and a name. A refusal may be about a name as long as a client can send.
create or replace function chat.encode_status(
  p_userstatus text,
  p_username text,
  p_room_id integer,
  p_feed_ids integer[],
  p_clauses text[],
  p_seq bigint,
  p_reason text,
  p_reason_at integer default null,
  p_moderation bytea default ''
)
returns bytea
language plpgsql
stable
as $$
declare
  v_filters bytea := chat.encode_filters(p_feed_ids, p_clauses);
  v_feed_filters bytea := chat.encode_feed_filters(p_feed_ids, p_clauses);
  v_max_bytes integer := 1048576 - 24576 - length(v_filters) - length(v_feed_filters);
  v_about integer := case when p_userstatus <> 'PENDING' then p_room_id end;
  v_rooms bytea := chat.encode_rooms(v_about);
begin
  if length(v_rooms) > v_max_bytes then
    v_rooms := chat.encode_rooms_within(v_about, v_max_bytes);
  end if;
  return chat.encode_chatmessage(
    'ROOM_STATUS', left(p_username, 64), p_room_id, p_seq,
    p_userstatus => p_userstatus,
    p_rooms => v_rooms,
    p_filters => v_filters,
    p_reason => left(p_reason, 4000),
    p_reason_at => p_reason_at,
    p_feed_filters => v_feed_filters,
    p_moderation => p_moderation
  );
end
$$;
