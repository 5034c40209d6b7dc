-- Why moderators do not let a member comment now; null if they do, and in slow mode this counts as their comment.
--
-- Called for members who were muted and in rooms in slow mode. The caller holds the log's lock.
create or replace function chat.explain_silence(p_member chat.member)
returns text
language plpgsql
volatile
as $$
declare
  v_mute record := chat.find_measure('mute', p_member.room_id, p_member.username);
  v_slow record := chat.find_measure('slow', p_member.room_id, null);
  v_key text := chat.name_key(p_member.username);
begin
  if v_mute.until is not null then
    return concat_ws(': ', 'you are muted ' || chat.describe_until(v_mute.until), v_mute.reason);
  elsif p_member.is_muted then
    update chat.member as m set is_muted = false where m.member_id = p_member.member_id;
  end if;
  if v_slow.until is null then
    return null;
  end if;
  -- So the table has those only who have to wait. Said later than now was before the clock was set back.
  delete from chat.slow_comment as c
  where c.room_id = p_member.room_id
    and c.said_at not between clock_timestamp() - v_slow.lasts and clock_timestamp();
  insert into chat.slow_comment (room_id, name_key, said_at)
  values (p_member.room_id, v_key, clock_timestamp())
  on conflict do nothing;
  if found then
    return null;
  end if;
  return (
    select format(
      'slow mode: one comment per %s s; you may say the next in %s s',
      extract(epoch from v_slow.lasts)::bigint,
      ceil(extract(epoch from c.said_at + v_slow.lasts - clock_timestamp()))
    )
    from chat.slow_comment as c
    where c.room_id = p_member.room_id and c.name_key = v_key
  );
end
$$;
