-- Gives a member's place to whoever presents its token; returns the new membership, null if the token is not its.
--
-- The gateway that had the member is told, so that the old connection ends if it is still there.
create or replace function chat.take_place_back(
  p_gateway_id integer,
  p_name_key text,
  p_look text,
  p_room_id integer,
  p_resume_token text,
  p_new_token text
)
returns bigint
language plpgsql
volatile
as $$
declare
  v_member chat.member;
  v_member_id bigint;
begin
  if p_resume_token is null then
    return null;
  end if;
  select m.*
  into v_member
  from chat.member as m
  where m.name_key = p_name_key
    and m.room_id = p_room_id
    and m.resume_hash = chat.text_hash(p_resume_token);
  if not found then
    return null;
  end if;
  update chat.member as m
  set
    gateway_id = p_gateway_id,
    member_id = default,
    look = coalesce(m.look, p_look),
    resume_hash = chat.text_hash(p_new_token)
  where m.name_key = p_name_key
  returning m.member_id into v_member_id;
  perform pg_notify(chat.gateway_channel(v_member.gateway_id), 'D ' || v_member.member_id);
  return v_member_id;
end
$$;
