-- Closes the gateways whose lock has been free for the grace; returns how many. Gateways call it every second or so, so
-- groups of rooms that went cold are retired on the way.
create or replace function chat.sweep_gateways()
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_grace interval := (select s.gateway_grace from chat.setting as s);
  v_gateway record;
  v_closed integer := 0;
begin
  for v_gateway in
    select g.gateway_id, g.missing_since
    from chat.gateway as g
    where not exists (
      select
      from pg_locks as l
      where l.locktype = 'advisory'
        and l.database = (select d.oid from pg_database as d where d.datname = current_database())
        and l.classid = chat.gateway_lock_class()::oid
        and l.objid = g.gateway_id::oid
        and l.granted
    )
    order by g.gateway_id
  loop
    if v_gateway.missing_since is null then
      update chat.gateway as g set missing_since = clock_timestamp() where g.gateway_id = v_gateway.gateway_id;
    elsif v_gateway.missing_since < clock_timestamp() - v_grace then
      perform chat.close_gateway(v_gateway.gateway_id);
      v_closed := v_closed + 1;
    end if;
  end loop;
  perform chat.retire_cold_groups();
  return v_closed;
end
$$;
