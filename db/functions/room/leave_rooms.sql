-- Has members of a gateway whose connections ended leave their rooms.
--
-- p_member_ids tell which membership of each name ended, since the name may have been taken back or joined anew
-- meanwhile. Without them, each name's membership on the gateway ends.
create or replace function chat.leave_rooms(
  p_gateway_id integer,
  p_name_keys text[],
  p_member_ids bigint[] default '{}'
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  perform chat.lock_log();
  perform chat.exit_rooms(array_agg(m.username order by u.number))
  from unnest(p_name_keys, p_member_ids) with ordinality as u(name_key, member_id, number)
  join chat.member as m
    on m.name_key = u.name_key and m.gateway_id = p_gateway_id and m.member_id = coalesce(u.member_id, m.member_id);
end
$$;
