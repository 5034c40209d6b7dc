-- Why a user may not enter a room, as a status and in words; nulls if they may.
create or replace function chat.find_denial(p_username text, p_room_id integer, out userstatus text, out reason text)
language sql
stable
as $$
  select nullif(j.userstatus, 'USERJOINED'), j.reason
  from chat.judge_joins(
    0, array[p_username], array[p_room_id], '{}', '{}', array[chat.name_key(p_username)], '{}'
  ) as j
$$;
