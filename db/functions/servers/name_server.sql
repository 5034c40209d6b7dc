-- Makes this database one of several servers, with a name and no slots yet but those that it is given.
--
-- Whoever has rooms already must be given all slots: what it has goes nowhere by itself. Called again it changes
-- nothing; another name is refused.
create or replace function chat.name_server(p_name text, p_slots integer[])
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_name text;
begin
  perform chat.lock_log();
  select s.name into v_name from chat.server as s;
  if v_name <> p_name then
    raise exception 'this database is server % already', quote_literal(v_name)
      using errcode = 'RM801', hint = 'add it under that name, or take a new database';
  end if;
  if v_name is null and exists (
    select from chat.room as r where chat.slot_of(r.room_id) <> all (p_slots)
  ) then
    raise exception 'this database has rooms already, so it cannot be added beside others'
      using errcode = 'RM802', hint = 'make it the first server, which has all rooms, or take a new database';
  end if;
  update chat.server as s set name = p_name where s.name is null;
  insert into chat.slot (slot) select i from unnest(p_slots) as i on conflict do nothing;
end
$$;
