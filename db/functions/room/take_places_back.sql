-- Gives members' places to those who presented their tokens: a membership of this gateway, with a new id and token.
--
-- A null in p_member_ids is no place to be taken back. The gateways that had the members are told, so that the old
-- connections end if they are still there. The caller holds the log's lock.
create or replace function chat.take_places_back(
  p_gateway_id integer,
  p_member_ids bigint[],
  p_new_tokens text[],
  p_looks text[]
)
returns void
language plpgsql
volatile
as $$
begin
  if array_position(p_member_ids, null) is not null and num_nonnulls(variadic p_member_ids) = 0 then
    return;
  end if;
  perform pg_notify(chat.gateway_channel(m.gateway_id), 'D ' || m.member_id)
  from chat.member as m
  where m.member_id = any (p_member_ids);

  perform chat.extend_grace(p_member_ids);
  update chat.member as m
  set
    gateway_id = p_gateway_id,
    member_id = default,
    look = coalesce(m.look, t.look),
    resume_hash = chat.text_hash(t.new_token)
  from unnest(p_member_ids, p_new_tokens, p_looks) as t(member_id, new_token, look)
  where m.member_id = t.member_id;
end
$$;
