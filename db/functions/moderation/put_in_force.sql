-- Puts what was done in force, in place of the same from before. The caller holds the log's lock.
create or replace function chat.put_in_force(p_act chat.moderation)
returns void
language plpgsql
volatile
as $$
begin
  delete from chat.measure as m where m.until <= p_act.done_at;
  insert into chat.measure (kind, name_key, room_id, until, moderation_id)
  values (
    p_act.action,
    coalesce(chat.name_key(p_act.username), ''),
    p_act.room_id,
    coalesce(p_act.done_at + case when p_act.action in ('ban', 'mute') then p_act.lasts end, 'infinity'),
    p_act.moderation_id
  )
  on conflict (name_key, kind, room_id) do update
  set until = excluded.until, moderation_id = excluded.moderation_id;
  if p_act.action = 'mute' then
    update chat.member as m set is_muted = true where m.member_id = (chat.find_member(p_act.username)).member_id;
  elsif p_act.action = 'slow' then
    update chat.room as r set is_slow = true where r.room_id = p_act.room_id;
  end if;
end
$$;
