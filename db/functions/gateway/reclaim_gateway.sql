-- Takes a gateway's lock again after its session was lost. False if the gateway was closed meanwhile: its members left.
--
-- The lost session may still be there, since the server does not know that the connection broke: it is ended.
create or replace function chat.reclaim_gateway(p_gateway_id integer)
returns boolean
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform pg_terminate_backend(l.pid, 1000)
  from chat.list_lock_holders('gateway') as l
  where l.id = p_gateway_id and l.pid <> pg_backend_pid();
  if not pg_try_advisory_lock(chat.lock_class('gateway'), p_gateway_id) then
    raise exception 'the lock of gateway % is still held by its lost session', p_gateway_id
      using errcode = 'RM201', hint = 'try again in a moment';
  end if;
  update chat.gateway as g set missing_since = null where g.gateway_id = p_gateway_id;
  return found;
end
$$;
