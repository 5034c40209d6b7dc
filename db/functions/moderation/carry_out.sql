-- Tells the room that it is about, with a numbered MODERATED, and has those go who must.
--
-- Of what is about a person, the room is told in which they are. The caller holds the log's lock.
create or replace function chat.carry_out(p_act chat.moderation)
returns void
language plpgsql
volatile
as $$
declare
  v_member chat.member;
  v_room_id integer := p_act.room_id;
  v_is_personal boolean := p_act.action in ('kick', 'ban', 'unban', 'mute', 'unmute');
begin
  if v_is_personal then
    v_member := chat.find_member(p_act.username);
    v_room_id := case when v_member.room_id = coalesce(p_act.room_id, v_member.room_id) then v_member.room_id end;
  elsif p_act.action = 'close' then
    perform chat.empty_room(p_act);
  end if;
  if v_room_id is null then
    return;
  end if;
  perform chat.log_statuses(
    'MODERATED', array[coalesce(v_member.username, p_act.username)], array[v_room_id], array[p_act.reason],
    chat.encode_moderation(p_act.action, p_act.lasts, p_act.seq)
  );
  if p_act.action = 'close' then
    perform chat.rest_room(v_room_id);
  elsif p_act.action in ('kick', 'ban') then
    perform chat.end_connection(v_member, 4002, concat_ws(
      ': ',
      case p_act.action
        when 'kick' then 'removed by a moderator'
        else 'banned ' || chat.describe_until(coalesce(p_act.done_at + p_act.lasts, 'infinity'))
      end,
      p_act.reason
    ));
    perform chat.exit_room(v_member.username);
  end if;
end
$$;
