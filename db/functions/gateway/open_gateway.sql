-- Registers a gateway and returns its id. The calling session holds the gateway's lock until it ends.
create or replace function chat.open_gateway()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_gateway_id integer;
begin
  -- Somebody may have loaded a dump while no gateway ran.
  perform chat.continue_numbering('chat.chat_event');
  insert into chat.gateway default values returning gateway_id into v_gateway_id;
  perform pg_advisory_lock(chat.lock_class('gateway'), v_gateway_id);
  return v_gateway_id;
end
$$;
