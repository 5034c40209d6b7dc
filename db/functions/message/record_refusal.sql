-- A request that cannot be met, recorded as it came, and the ROOM_STATUS that says so, for the sender alone.
--
-- p_clauses are the clauses that it asked for, of the feeds p_feed_ids; none if it was no FILTER. p_reason_at is where
-- in its clause the reason is, in characters from 1; null if it is about the whole. p_filters is what it said of feeds
-- by name, if that cannot be told by p_feed_ids: names that no feed has, and a feed that was named twice.
create or replace function chat.record_refusal(
  p_userstatus text,
  p_reason text,
  p_msgtype integer,
  p_username text,
  p_room_id integer,
  p_comment text,
  p_feed_ids integer[],
  p_clauses text[],
  p_reason_at integer default null,
  p_filters jsonb default null
)
returns bytea
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into chat.chat_event (msgtype, username, roomid, commentxt, sportfilter, execfilter, filters)
  select p_msgtype, p_username, p_room_id, p_comment, e.sportfilter, e.execfilter, coalesce(p_filters, e.filters)
  from chat.event_filters(p_feed_ids, p_clauses) as e;
  return chat.record_answer(p_userstatus, p_username, p_room_id, p_reason, p_reason_at => p_reason_at);
end
$$;
