-- Undoes leave_slots: for slots that have arrived nowhere. The rooms get what came of the feeds meanwhile.
create or replace function chat.take_slots_back(p_slots integer[])
returns void
language plpgsql
volatile
as $$
declare
  v record;
  v_seq bigint;
begin
  perform chat.lock_log();
  for v in
    select r.room_id, r.log_from, d.stream, d.last_seq
    from chat.departure as d
    join chat.room as r on chat.slot_of(r.room_id) = d.slot
    where d.slot = any (p_slots)
    order by r.room_id
  loop
    update chat.room as r
    set is_open = v.room_id < (select s.num_rooms from chat.server as s)
    where r.room_id = v.room_id;
    perform chat.regroup_rooms(array[v.room_id]);
    perform chat.wake_room(v.room_id);
    perform chat.refresh_stale_routers();
    v_seq := chat.newest_seq(v.room_id);
    if v.stream is not null then
      perform chat.catch_up(v.room_id, v.last_seq);
    end if;
    -- Where nothing came, its group has not gone on either, and its log goes on as if it had never ended. Else the row
    -- in which it ended must stay: by that the feed rows before it are read, and the group's places are others now.
    if chat.newest_seq(v.room_id) = v_seq then
      perform chat.go_on_from(v.room_id, v_seq);
    end if;
    -- The group may have been cold meanwhile: the room has missed nothing.
    update chat.room as r set log_from = v.log_from where r.room_id = v.room_id;
    perform chat.receive_members((
      select coalesce(jsonb_agg(to_jsonb(d)), '[]') from chat.departed_member as d where d.room_id = v.room_id
    ));
    perform chat.rest_room(v.room_id);
  end loop;
  delete from chat.departed_member as d where chat.slot_of(d.room_id) = any (p_slots);
  insert into chat.slot (slot) select d.slot from chat.departure as d where d.slot = any (p_slots);
  delete from chat.departure as d where d.slot = any (p_slots);
end
$$;
