-- Answers requests to join, in order, with one row per request; what the row holds tells the outcome:
--
-- - denial: the request was refused, and this is the message that says why.
-- - welcome: its token took a place back; the room hears nothing, and this is the USERJOINED for the sender alone.
-- - a member_id alone: the room was told. seq is the sequence of that USERJOINED; of a place taken back, the room's
--   newest.
-- - nothing: the name belongs to a member of another gateway, who may just be leaving it, and the request is patient:
--   nothing was done or recorded, and the gateway may ask again.
-- p_name_keys are what names are compared by, p_looks what stands for all that look alike (gateway/names); a name
-- without a key gets that of chat.name_key, one without a look is compared with none.
-- p_new_tokens are what members can take their places back with later, p_resume_tokens what they present for that now.
create or replace function chat.join_rooms(
  p_gateway_id integer,
  p_usernames text[],
  p_room_ids integer[],
  p_new_tokens text[] default '{}',
  p_resume_tokens text[] default '{}',
  p_are_patient boolean[] default '{}',
  p_name_keys text[] default '{}',
  p_looks text[] default '{}'
)
returns table (number integer, member_id bigint, seq bigint, welcome bytea, denial bytea)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_username text;
  v_room_id integer;
  v_name_key text;
  v_denial record;
begin
  perform chat.lock_log();
  for v_number in 1..cardinality(p_usernames) loop
    number := v_number;
    v_username := p_usernames[number];
    v_room_id := p_room_ids[number];
    v_name_key := coalesce(p_name_keys[number], chat.name_key(v_username));
    member_id := null; seq := null; welcome := null; denial := null;
    if p_are_patient[number] and chat.may_be_leaving(p_gateway_id, v_name_key, p_resume_tokens[number]) then
      return next;
      continue;
    end if;
    insert into chat.chat_event (msgtype, username, roomid)
    values (chat.msgtype('JOIN_REQ'), v_username, v_room_id);

    member_id := chat.take_place_back(
      p_gateway_id, v_name_key, p_looks[number], v_room_id, p_resume_tokens[number], p_new_tokens[number]
    );
    if member_id is not null then
      seq := chat.newest_seq(v_room_id);
      -- As the room knows them, however they write it now.
      select m.username into v_username from chat.member as m where m.member_id = join_rooms.member_id;
      welcome := chat.record_answer('USERJOINED', v_username, v_room_id, null);
      return next;
      continue;
    end if;

    v_denial := chat.find_denial(v_username, v_room_id, v_name_key, p_looks[number]);
    if v_denial.userstatus is not null then
      denial := chat.record_answer(v_denial.userstatus, v_username, v_room_id, v_denial.reason);
    else
      select e.member_id, e.seq into member_id, seq
      from chat.enter_room(p_gateway_id, v_username, v_room_id, p_new_tokens[number], v_name_key, p_looks[number]) as e;
    end if;
    return next;
  end loop;
end
$$;
