-- Removes a gateway; its members leave their rooms.
create or replace function chat.close_gateway(p_gateway_id integer)
returns void
language plpgsql
volatile
as $$
begin
  perform chat.lock_log();
  perform chat.exit_room(m.username)
  from (
    select username from chat.member where gateway_id = p_gateway_id order by room_id, username
  ) as m;
  delete from chat.gateway as g where g.gateway_id = p_gateway_id;
end
$$;
