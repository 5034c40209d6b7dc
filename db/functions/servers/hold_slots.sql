-- Gives slots to this server, which has a name; called again it changes nothing.
--
-- The grace of members whose rooms come with them begins now: before, they could not come back.
create or replace function chat.hold_slots(p_slots integer[])
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  update chat.gateway as g
  set missing_since = clock_timestamp()
  where g.missing_since is not null and exists (
    select
    from chat.member as m
    where m.gateway_id = g.gateway_id
      and chat.slot_of(m.room_id) = any (p_slots)
      and not chat.holds_room(m.room_id)
  );
  insert into chat.slot (slot) select i from unnest(p_slots) as i on conflict do nothing
$$;
