-- Opens rooms 0 to n-1, or those of them that this server has, and closes those beyond; called until it returns 0.
--
-- Else it returns how many rooms are still to be prepared. A call takes a step only, so that it neither needs more
-- locks than a server has nor holds the log's for long. None is opened or closed before all are prepared: nobody gets
-- into a room without its filters, and the numbers of the open ones never have a hole. A step that was not followed by
-- the next one does no harm, and is not taken again.
--
-- Every gateway calls this when it starts, so the one that started last decides, for all gateways, which rooms are open
-- and how many users each takes. Members of a room that is closed stay in it until they leave; nobody else gets in.
create or replace function chat.configure_rooms(p_sizes integer[])
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_left integer;
begin
  perform chat.lock_log();
  v_left := chat.prepare_rooms(p_sizes, 100);
  if v_left > 0 then
    return v_left;
  end if;

  update chat.room as r
  set is_open = false
  where r.is_open and r.room_id >= cardinality(p_sizes);
  update chat.room as r
  set max_users = s.size, is_open = true
  from unnest(p_sizes) with ordinality as s(size, number)
  where r.room_id = s.number - 1 and (r.max_users, r.is_open) is distinct from (s.size, true)
    -- Others are on their way from another server, or to one.
    and chat.holds_room(r.room_id);
  update chat.server as s set num_rooms = cardinality(p_sizes) where s.name is not null;
  return 0;
end
$$;
