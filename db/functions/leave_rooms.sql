-- The members of a gateway whose connections ended leave their rooms.
create or replace function chat.leave_rooms(p_gateway_id integer, p_usernames text[])
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform chat.lock_log();
  perform chat.leave_room(u.username)
  from unnest(p_usernames) with ordinality as u(username, number)
  -- Given up as dead and joined again elsewhere meanwhile: that member is not ours to remove.
  join chat.member as m on m.username = u.username and m.gateway_id = p_gateway_id
  order by u.number;
end
$$;
