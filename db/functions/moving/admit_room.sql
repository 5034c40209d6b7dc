-- Opens a room that came from another server, whose log is here to its end; false if it is too early for that.
--
-- Its seqs go on. p_room is what export_room told, and the rest where the feeds' stream had been taken up to there: no
-- message may come twice, so it is too early while less has been taken here, and what has been taken here since then is
-- given to the room. Members' places are kept for the grace. Called again it changes nothing.
create or replace function chat.admit_room(p_room jsonb, p_stream text, p_epoch text, p_last_seq bigint)
returns boolean
language plpgsql
volatile
as $$
declare
  v chat.room := jsonb_populate_record(null::chat.room, p_room -> 'room');
  v_newest_seq bigint := (p_room ->> 'newest_seq')::bigint;
begin
  perform chat.lock_log();
  if p_stream is not null and not exists (
    select from chat.feed_position as p
    where p.stream = p_stream and p.epoch = p_epoch and p.last_seq >= p_last_seq
  ) then
    return false;
  end if;
  -- A new room has not lived yet.
  if exists (select from chat.room as r where r.room_id = v.room_id and r.live_until > '-infinity') then
    return true;
  end if;
  update chat.room as r
  set
    max_users = v.max_users, is_open = v.room_id < chat.count_open_rooms(),
    is_announced = v.is_announced, is_slow = v.is_slow,
    seq_offset = v_newest_seq - g.last_place
  from chat.group_place as g
  where r.room_id = v.room_id and g.group_id = r.group_id;
  perform chat.receive_filters(v.room_id, p_room -> 'filters');
  perform chat.regroup_rooms(array[v.room_id]);
  perform chat.wake_room(v.room_id);
  perform chat.refresh_stale_routers();
  perform chat.go_on_from(v.room_id, v_newest_seq);
  if p_stream is not null then
    perform chat.catch_up(v.room_id, p_last_seq);
  end if;
  -- The group may have been cold until now: the room has missed nothing meanwhile.
  update chat.room as r set log_from = v.log_from where r.room_id = v.room_id;
  perform chat.receive_measures(p_room -> 'measures');
  perform chat.receive_members(p_room -> 'members');
  insert into chat.room_kept (room_id, kept_from, since)
  select v.room_id, (p_room ->> 'kept_from')::bigint, clock_timestamp()
  where p_room ->> 'kept_from' is not null
  on conflict do nothing;
  perform chat.rest_room(v.room_id);
  return true;
end
$$;
