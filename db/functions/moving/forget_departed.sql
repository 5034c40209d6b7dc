-- Drops what is left here of rooms whose slots have arrived elsewhere, at most p_most rooms; returns how many are left.
--
-- The other server has all of it. What clients said there is no message of a room for stays in chat_event.
create or replace function chat.forget_departed(p_slots integer[], p_most integer default 50)
returns integer
language plpgsql
volatile
as $$
declare
  v_room_ids integer[] := array(
    select r.room_id
    from chat.room as r
    join chat.departure as d on d.slot = chat.slot_of(r.room_id)
    where d.slot = any (p_slots)
    order by r.room_id
  );
  v_room_id integer;
  v_view text;
begin
  perform chat.lock_log();
  foreach v_room_id in array v_room_ids[1:p_most] loop
    for v_view in
      select format('room_filter.room_%s_%I', v_room_id, f.name)
      from chat.feed as f
      where to_regclass(format('room_filter.room_%s_%I', v_room_id, f.name)) is not null
    loop
      execute format('drop view %s', v_view);
    end loop;
    delete from chat.chat_event as e
    where e.chat_event_id in (select l.chat_event_id from chat.room_log as l where l.room_id = v_room_id);
    delete from chat.room_log as l where l.room_id = v_room_id;
    delete from chat.room_kept as k where k.room_id = v_room_id;
    delete from chat.measure as m where m.room_id = v_room_id;
    delete from chat.room_filter as f where f.room_id = v_room_id;
    update chat.room_group as g
    set rooms = g.rooms - 1
    from chat.room as r
    where r.room_id = v_room_id and g.group_id = r.group_id;
    delete from chat.room as r where r.room_id = v_room_id;
  end loop;
  if cardinality(v_room_ids) <= p_most then
    delete from chat.departed_member as d where chat.slot_of(d.room_id) = any (p_slots);
    delete from chat.name_claim as c where c.slot = any (p_slots);
    delete from chat.departure as d where d.slot = any (p_slots);
  end if;
  return greatest(cardinality(v_room_ids) - p_most, 0);
end
$$;
