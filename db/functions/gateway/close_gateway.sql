-- Removes a gateway; its members leave their rooms.
create or replace function chat.close_gateway(p_gateway_id integer)
returns void
language plpgsql
volatile
as $$
begin
  perform chat.lock_log();
  perform chat.exit_rooms(array_agg(m.username order by m.room_id, m.username))
  from chat.member as m
  where m.gateway_id = p_gateway_id;
  delete from chat.gateway as g where g.gateway_id = p_gateway_id;
end
$$;
