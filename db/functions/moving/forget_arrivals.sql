-- Drops what has come here of rooms whose slots never did: the move that brought it is undone.
--
-- A room that was open here already has a log of its own since then. Were it kept, it would be taken for the room when
-- that comes another time. Slots that are here, or have left for another server, are passed over.
create or replace function chat.forget_arrivals(p_slots integer[])
returns void
language plpgsql
volatile
as $$
declare
  v_room_id integer;
begin
  perform chat.lock_log();
  p_slots := array(
    select i
    from unnest(p_slots) as i
    where i not in (select s.slot from chat.slot as s) and i not in (select d.slot from chat.departure as d)
  );
  for v_room_id in
    select r.room_id from chat.room as r where chat.slot_of(r.room_id) = any (p_slots) order by r.room_id
  loop
    delete from chat.member as m where m.room_id = v_room_id;
    perform chat.put_aside(v_room_id);
    perform chat.drop_room(v_room_id);
  end loop;
  delete from chat.name_claim as c where c.slot = any (p_slots);
end
$$;
