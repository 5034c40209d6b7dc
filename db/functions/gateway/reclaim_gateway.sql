-- Takes a gateway's lock again after its session was lost. False if it was given up meanwhile: its members are gone.
--
-- The lost session may still be there, unaware that nobody is at its other end: it is ended.
create or replace function chat.reclaim_gateway(p_gateway_id integer)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_terminate_backend(l.pid, 1000)
  from pg_locks as l
  where l.locktype = 'advisory'
    and l.database = (select d.oid from pg_database as d where d.datname = current_database())
    and l.classid = chat.gateway_lock_class()::oid
    and l.objid = p_gateway_id::oid
    and l.granted
    and l.pid <> pg_backend_pid();
  if not pg_try_advisory_lock(chat.gateway_lock_class(), p_gateway_id) then
    raise exception 'the lock of gateway % is still held by its lost session', p_gateway_id
      using errcode = 'RM201', hint = 'try again in a moment';
  end if;
  update chat.gateway as g set missing_since = null where g.gateway_id = p_gateway_id;
  return found;
end
$$;
