-- Sees to it that no number is given twice that may have been given and forgotten: by a primary whose standby was
-- promoted without the last commits, or since the dump that was restored.
--
-- Allows for a million messages per room. The groups' places move, and with them the sequences of all their rooms, for
-- these are a place and the room's offset. Only here do the places of a group get a hole. Whoever resumes from before
-- is told that part of it is gone (HISTORY_TRUNCATED). The ids of gateways and members are passed over, too, since
-- gateways that still run know them.
create or replace function chat.pass_over_numbers()
returns void
language plpgsql
volatile
as $$
begin
  update chat.group_block as b
  set last_places = array(select p + 1000000 from unnest(b.last_places) with ordinality as u(p, i) order by u.i);
  update chat.room as r set log_from = chat.newest_seq(r.room_id) + 1;
  perform
    setval('chat.gateway_gateway_id_seq', nextval('chat.gateway_gateway_id_seq') + 1000),
    setval('chat.member_member_id_seq', nextval('chat.member_member_id_seq') + 1000000);
end
$$;
