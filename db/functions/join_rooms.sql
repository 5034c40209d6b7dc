-- Requests to join, in order. A row each: the sequence of the USERJOINED its room then got, or the denial to send back.
create or replace function chat.join_rooms(
  p_gateway_id integer,
  p_usernames text[],
  p_room_ids integer[]
)
returns table (number integer, seq bigint, denial bytea)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_username text;
  v_room_id integer;
  v_denial record;
begin
  perform chat.lock_log();
  for v_number in 1..cardinality(p_usernames) loop
    number := v_number;
    v_username := p_usernames[v_number];
    v_room_id := p_room_ids[v_number];
    seq := null;
    denial := null;
    insert into chat.chat_event (msgtype, username, roomid) values (2, v_username, v_room_id);
    v_denial := chat.find_denial(v_username, v_room_id);
    if v_denial.userstatus is not null then
      denial := chat.answer_status(v_denial.userstatus, v_username, v_room_id, v_denial.reason);
    else
      seq := chat.enter_room(p_gateway_id, v_username, v_room_id);
    end if;
    return next;
  end loop;
end
$$;
