-- A chatmessage of type ROOM_STATUS. p_seq is null in what only its receiver gets, but for HISTORY_TRUNCATED.
--
-- p_clauses are the clauses of the feeds p_feed_ids. It begins with the type and the userstatus: gateways look no
-- further into most messages (gateway/delivery/hub.py).
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
language sql
stable
as $$
  select
    '\x0801'::bytea
    || chat.encode_text(2, p_userstatus)
    || chat.encode_rooms(case when p_userstatus <> 'PENDING' then p_room_id end)
    || chat.encode_text(5, p_username)
    || chat.encode_number(6, p_room_id)
    || coalesce(
      (
        select string_agg(chat.encode_text(f.filter_field, w.clause), '' order by f.filter_field)
        from unnest(p_feed_ids, p_clauses) as w(feed_id, clause)
        join chat.feed as f on f.feed_id = w.feed_id
      ),
      ''
    )
    || chat.encode_number(12, p_seq)
    || chat.encode_text(13, p_reason)
$$;
