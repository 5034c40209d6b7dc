-- Raises RM604 if what a moderator wants makes no sense, whoever is there; RM402 if there is no such room.
create or replace function chat.check_moderation(
  p_action text,
  p_room integer,
  p_name text,
  p_for interval,
  p_reason text
)
returns void
language plpgsql
stable
as $$
declare
  c_actions constant text[] := '{kick,ban,unban,mute,unmute,lock,unlock,slow,unslow,remove,close,open}';
  v_complaint text;
  v_hint text;
begin
  if p_action <> all (c_actions) or p_action is null then
    v_complaint := format('moderators cannot %s', coalesce(quote_literal(left(p_action, 64)), 'do nothing'));
    v_hint := 'an action is one of ' || array_to_string(c_actions, ', ');
  elsif p_room is null and p_action not in ('ban', 'unban', 'mute', 'unmute') then
    v_complaint := format('to %s needs a room', p_action);
    v_hint := 'only ban, unban, mute and unmute may be about all rooms';
  elsif p_action in ('kick', 'ban', 'unban', 'mute', 'unmute') and coalesce(p_name, '') = '' then
    v_complaint := format('to %s needs the name of a person', p_action);
    v_hint := 'it is the user in the statuses of the room';
  elsif length(p_name) > (select s.max_name_chars from chat.setting as s) then
    v_complaint := format('nobody has a name of %s characters', length(p_name));
    v_hint := 'names have at most ' || (select s.max_name_chars from chat.setting as s);
  elsif p_action in ('ban', 'mute') and p_for <= interval '0' then
    v_complaint := format('nobody can be put under a %s for %s', p_action, p_for);
    v_hint := 'give a time above 0 as in 10 minutes, or none for ever';
  elsif p_action = 'slow' and (p_for between interval '1 second' and interval '1 day') is not true then
    v_complaint := format('slow mode with %s between two comments is none', coalesce(p_for::text, 'no time'));
    v_hint := 'give a time from 1 second to 1 day';
  elsif length(p_reason) > 500 then
    v_complaint := format('the reason has %s characters', length(p_reason));
    v_hint := 'at most 500 are taken';
  end if;
  if v_complaint is not null then
    raise exception '%', v_complaint using errcode = 'RM604', hint = v_hint;
  elsif p_room is not null then
    perform chat.require_room(p_room);
  end if;
end
$$;
