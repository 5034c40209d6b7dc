-- Keeps claims that came with slots from another server; whose they are the gateways tell again (renew_claims).
create or replace function chat.receive_claims(p_claims jsonb)
returns void
language sql
volatile
as $$
  insert into chat.name_claim (word, slot, name_key, username, room_id, gateway_id, resume_hash)
  select c.word, c.slot, c.name_key, c.username, c.room_id, null, c.resume_hash
  from jsonb_populate_recordset(null::chat.name_claim, p_claims) as c
  on conflict do nothing
$$;
