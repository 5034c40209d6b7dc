-- Does what a moderator or an operator wants done, records it, and returns it in words. All ways lead through here.
--
-- p_room null stands for all rooms, where that makes sense; p_name is whom it is about, p_seq the comment to remove.
-- p_for is how long a ban or mute holds, null for ever, and in slow mode the time between two comments. A moderator is
-- named by p_moderator; without, it is the session's role. Raises RM402 and RM601 to RM604; then nothing was done.
create or replace function chat.moderate(
  p_action text,
  p_room integer,
  p_name text,
  p_seq bigint,
  p_for interval,
  p_reason text,
  p_moderator text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_act chat.moderation;
begin
  perform chat.check_moderation(p_action, p_room, p_name, p_for, p_reason);
  perform chat.lock_log();
  v_act.moderation_id := nextval('chat.moderation_moderation_id_seq');
  v_act.done_at := clock_timestamp();
  v_act.action := p_action;
  v_act.room_id := p_room;
  v_act.reason := nullif(p_reason, '');
  if p_action in ('kick', 'ban', 'unban', 'mute', 'unmute') then
    v_act.username := p_name;
  end if;
  if p_action in ('ban', 'mute', 'slow') then
    v_act.lasts := p_for;
  end if;
  v_act.by_role := case when p_moderator is null then session_user end;
  v_act.by_moderator := p_moderator;
  if p_action = 'kick' then
    perform chat.require_member(p_room, p_name);
  elsif p_action = 'remove' then
    v_act.seq := p_seq;
    v_act.username := chat.strike_comment(p_room, p_seq, v_act.reason);
  end if;
  insert into chat.moderation overriding system value select v_act.*;
  if p_action in ('ban', 'mute', 'lock', 'slow', 'close') then
    perform chat.put_in_force(v_act);
  elsif p_action in ('unban', 'unmute', 'unlock', 'unslow', 'open') then
    perform chat.lift_measures(v_act);
  end if;
  perform chat.carry_out(v_act);
  return chat.describe_moderation(v_act);
end
$$;
