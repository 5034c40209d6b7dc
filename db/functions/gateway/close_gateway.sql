-- Has members of a gateway that is gone leave their rooms, and removes it when none is left.
--
-- At most p_portion of them at a time, since rows of feeds wait meanwhile, and since thousands who are just coming back
-- are to find their places. The next look for dead gateways goes on with it.
create or replace function chat.close_gateway(p_gateway_id integer, p_portion integer default 500)
returns void
language plpgsql
volatile
as $$
begin
  perform chat.lock_log();
  perform chat.exit_rooms(array_agg(p.username order by p.room_id, p.username))
  from (
    select m.username, m.room_id
    from chat.member as m
    -- Rooms that have not arrived yet nobody can come back to.
    where m.gateway_id = p_gateway_id and chat.holds_room(m.room_id)
    order by m.member_id
    limit p_portion
  ) as p;
  delete from chat.gateway as g
  where g.gateway_id = p_gateway_id and not exists (select from chat.member as m where m.gateway_id = p_gateway_id);
end
$$;
