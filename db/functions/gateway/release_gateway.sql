-- Gives up a gateway that stops: its members can take their places back on another one for the grace, then they leave.
create or replace function chat.release_gateway(p_gateway_id integer)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if exists (select from chat.member as m where m.gateway_id = p_gateway_id) then
    update chat.gateway as g set missing_since = clock_timestamp() where g.gateway_id = p_gateway_id;
  else
    delete from chat.gateway as g where g.gateway_id = p_gateway_id;
  end if;
  perform pg_advisory_unlock(chat.lock_class('gateway'), p_gateway_id);
end
$$;
