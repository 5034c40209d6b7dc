-- Ends what is in force: of a person in one room, or in all rooms and each, or of a room. Raises RM602 if nothing is.
--
-- The caller holds the log's lock.
create or replace function chat.lift_measures(p_act chat.moderation)
returns void
language plpgsql
volatile
as $$
declare
  v_kind text := case p_act.action
    when 'unban' then 'ban' when 'unmute' then 'mute' when 'unlock' then 'lock' when 'unslow' then 'slow' else 'close'
  end;
  v_words text := case v_kind
    when 'lock' then 'lock of the filter' when 'slow' then 'slow mode' when 'close' then 'closing' else v_kind
  end;
begin
  delete from chat.measure as m
  where m.name_key = coalesce(chat.name_key(p_act.username), '')
    and m.kind = v_kind
    and m.until > p_act.done_at
    and (p_act.room_id is null or m.room_id = p_act.room_id);
  if not found then
    raise exception 'there is no % in force%', v_words,
        coalesce(' on ' || quote_literal(left(p_act.username, 64)), '') || coalesce(' in room ' || p_act.room_id, '')
      using
        errcode = 'RM602',
        hint = coalesce(
          (
            select 'in force are ' || string_agg(i.words, ', ' order by i.words)
            from (
              select
                concat_ws(' ', quote_literal(d.username), coalesce('in room ' || m.room_id, 'in all rooms')) as words
              from chat.measure as m
              join chat.moderation as d on d.moderation_id = m.moderation_id
              where m.kind = v_kind and m.until > p_act.done_at
              limit 20
            ) as i
          ),
          format('no %s is in force anywhere', v_words)
        );
  end if;
  if v_kind = 'slow' then
    update chat.room as r set is_slow = false where r.room_id = p_act.room_id;
    delete from chat.slow_comment as c where c.room_id = p_act.room_id;
  end if;
end
$$;
