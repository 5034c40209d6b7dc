-- A request that cannot be met, recorded as it came, and the ROOM_STATUS that says so, for the sender alone.
create or replace function chat.record_refusal(
  p_userstatus text,
  p_reason text,
  p_msgtype integer,
  p_username text,
  p_room_id integer,
  p_comment text,
  p_sport_filter text,
  p_execution_filter text
)
returns bytea
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into chat.chat_event (msgtype, username, roomid, commentxt, sportfilter, execfilter)
  values (p_msgtype, p_username, p_room_id, p_comment, p_sport_filter, p_execution_filter);
  return chat.record_answer(p_userstatus, p_username, p_room_id, p_reason);
end
$$;
