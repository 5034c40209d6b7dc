-- What was done, in words.
create or replace function chat.describe_moderation(p_act chat.moderation)
returns text
language sql
stable
as $$
  select concat_ws(': ',
    case p_act.action
      when 'kick' then format('%s was removed from room %s', p_act.username, p_act.room_id)
      when 'ban' then format(
        '%s is banned from %s %s', p_act.username, coalesce('room ' || p_act.room_id, 'all rooms'),
        chat.describe_until(coalesce(p_act.done_at + p_act.lasts, 'infinity'))
      )
      when 'unban' then
        format('%s may come to %s again', p_act.username, coalesce('room ' || p_act.room_id, 'all rooms'))
      when 'mute' then format(
        '%s is muted in %s %s', p_act.username, coalesce('room ' || p_act.room_id, 'all rooms'),
        chat.describe_until(coalesce(p_act.done_at + p_act.lasts, 'infinity'))
      )
      when 'unmute' then
        format('%s may comment in %s again', p_act.username, coalesce('room ' || p_act.room_id, 'all rooms'))
      when 'lock' then format('the filter of room %s is locked', p_act.room_id)
      when 'unlock' then format('the filter of room %s is free', p_act.room_id)
      when 'slow' then format(
        'room %s takes one comment per %s s and person', p_act.room_id, ceil(extract(epoch from p_act.lasts))
      )
      when 'unslow' then format('room %s is not slow any more', p_act.room_id)
      when 'remove' then format('comment %s of %s in room %s is removed', p_act.seq, p_act.username, p_act.room_id)
      when 'close' then format('room %s is closed', p_act.room_id)
      when 'open' then format('room %s is open', p_act.room_id)
    end,
    p_act.reason
  )
$$;
