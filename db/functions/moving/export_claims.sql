-- The claims of words whose slots leave this server.
create or replace function chat.export_claims(p_slots integer[])
returns jsonb
language sql
stable
as $$
  select jsonb_agg(to_jsonb(c)) from chat.name_claim as c where c.slot = any (p_slots)
$$;
