-- Takes slots from this server in which no room ever was, and returns those of p_slots that it does not have now.
create or replace function chat.give_up_slots(p_slots integer[])
returns integer[]
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform chat.lock_log();
  delete from chat.slot as s
  where s.slot = any (p_slots) and s.slot not in (select chat.slot_of(r.room_id) from chat.room as r);
  return array(
    select i from unnest(p_slots) as i where i not in (select s.slot from chat.slot as s) order by i
  );
end
$$;
