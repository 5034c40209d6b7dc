-- A request that cannot be met, recorded as it came, and the ROOM_STATUS that says so, for the sender alone.
--
-- p_clauses are the clauses that it asked for, of the feeds p_feed_ids; none if it was no FILTER.
create or replace function chat.record_refusal(
  p_userstatus text,
  p_reason text,
  p_msgtype integer,
  p_username text,
  p_room_id integer,
  p_comment text,
  p_feed_ids integer[],
  p_clauses text[]
)
returns bytea
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into chat.chat_event (msgtype, username, roomid, commentxt, sportfilter, execfilter)
  select p_msgtype, p_username, p_room_id, p_comment, e.sportfilter, e.execfilter
  from chat.event_filters(p_feed_ids, p_clauses) as e;
  return chat.record_answer(p_userstatus, p_username, p_room_id, p_reason);
end
$$;
