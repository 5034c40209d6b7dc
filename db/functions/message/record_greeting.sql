-- The PENDING status for p_count new connections, recorded once for each.
create or replace function chat.record_greeting(p_count integer)
returns bytea
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_message bytea := chat.encode_status('PENDING', 'unknown', -1, '{}', '{}', null, null);
begin
  insert into chat.chat_event (msgtype, userstatus, username, roomid)
  select chat.msgtype('ROOM_STATUS'), 'PENDING', 'unknown', -1 from generate_series(1, p_count);
  return v_message;
end
$$;
