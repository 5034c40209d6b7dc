-- Has the gateway that has a member close their connection with a code and a reason, once this is committed.
--
-- A close frame holds 123 bytes of reason; the gateway cuts it. Where it does not hear of this, since it has no
-- connection to Postgres, it finds within seconds that the membership is gone.
create or replace function chat.end_connection(p_member chat.member, p_code integer, p_reason text)
returns void
language sql
volatile
as $$
  select pg_notify(
    chat.gateway_channel(p_member.gateway_id), format('E %s %s %s', p_member.member_id, p_code, left(p_reason, 123))
  )
$$;
