-- Gives slots to this server, which has a name; called again it changes nothing.
create or replace function chat.hold_slots(p_slots integer[])
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into chat.slot (slot) select i from unnest(p_slots) as i on conflict do nothing
$$;
