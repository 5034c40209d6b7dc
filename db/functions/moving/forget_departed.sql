-- Drops what is left here of rooms whose slots have arrived elsewhere, at most p_most rooms; returns how many are left.
--
-- The other server has all of it.
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
begin
  perform chat.lock_log();
  perform chat.drop_room(i) from unnest(v_room_ids[1:p_most]) as i;
  if cardinality(v_room_ids) <= p_most then
    delete from chat.departed_member as d where chat.slot_of(d.room_id) = any (p_slots);
    delete from chat.name_claim as c where c.slot = any (p_slots);
    delete from chat.departure as d where d.slot = any (p_slots);
  end if;
  return greatest(cardinality(v_room_ids) - p_most, 0);
end
$$;
