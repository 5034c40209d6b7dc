-- Slots that were given up here and have not arrived, each with where the stream of the feeds was taken up to.
create or replace function chat.list_departures()
returns table (slot integer, server text, stream text, epoch text, last_seq bigint, room_ids integer[])
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select
    d.slot, d.server, d.stream, d.epoch, d.last_seq,
    array(select r.room_id from chat.room as r where chat.slot_of(r.room_id) = d.slot order by r.room_id)
  from chat.departure as d
  order by d.slot
$$;
