-- Keeps places for members of rooms that came from another server, until they resume or the grace is over.
create or replace function chat.receive_members(p_members jsonb)
returns void
language plpgsql
volatile
as $$
declare
  v_gateway_id integer;
begin
  if p_members = '[]' then
    return;
  end if;
  -- They are members of a gateway that is gone, as all are who lost theirs.
  insert into chat.gateway (missing_since) values (clock_timestamp()) returning gateway_id into v_gateway_id;
  insert into chat.member (username, name_key, look, room_id, gateway_id, joined_at, resume_hash, is_muted)
  select d.username, d.name_key, d.look, d.room_id, v_gateway_id, d.joined_at, d.resume_hash, d.is_muted
  from jsonb_populate_recordset(null::chat.departed_member, p_members) as d
  on conflict do nothing;
end
$$;
