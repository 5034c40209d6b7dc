-- Closes the gateways whose lock has been free for the grace, those with many members in portions.
--
-- What is said to be missing since later than now was noted before the clock was set back.
create or replace function chat.sweep_gateways()
returns void
language plpgsql
volatile
as $$
declare
  v_grace interval := (select s.gateway_grace from chat.setting as s);
  v_gateway record;
begin
  for v_gateway in
    select g.gateway_id, g.missing_since
    from chat.gateway as g
    where g.gateway_id not in (select l.id from chat.list_lock_holders('gateway') as l)
    order by g.gateway_id
  loop
    if v_gateway.missing_since is null or v_gateway.missing_since > clock_timestamp() then
      update chat.gateway as g set missing_since = clock_timestamp() where g.gateway_id = v_gateway.gateway_id;
    elsif v_gateway.missing_since < clock_timestamp() - v_grace then
      perform chat.close_gateway(v_gateway.gateway_id);
    end if;
  end loop;
end
$$;
