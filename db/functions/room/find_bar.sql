-- Why moderators do not let a user into a room, as a status and in words; nulls if they do.
create or replace function chat.find_bar(p_username text, p_room_id integer, out userstatus text, out reason text)
language plpgsql
stable
as $$
declare
  v_measure record;
begin
  -- Nearly always there is none at all.
  if not exists (select from chat.measure) then
    return;
  end if;
  v_measure := chat.find_measure('ban', p_room_id, p_username);
  if v_measure.until is not null then
    userstatus := 'DENIED_BANNED';
    reason := concat_ws(
      ': ', 'you are banned from this room ' || chat.describe_until(v_measure.until), v_measure.reason
    );
    return;
  end if;
  v_measure := chat.find_measure('close', p_room_id, null);
  if v_measure.until is not null then
    userstatus := 'DENIED_ROOMCLOSED';
    reason := coalesce(v_measure.reason, format('room %s is closed', p_room_id));
  end if;
end
$$;
