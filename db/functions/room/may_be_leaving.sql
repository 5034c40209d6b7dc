-- Whether a name belongs to a member of another gateway, whom the token is not of. Whoever closes a connection there
-- and comes here at once is faster than the news of it.
create or replace function chat.may_be_leaving(p_gateway_id integer, p_name_key text, p_resume_token text)
returns boolean
language sql
stable
as $$
  select exists (
    select
    from chat.member as m
    where m.name_key = p_name_key
      and m.gateway_id <> p_gateway_id
      and (m.resume_hash = chat.text_hash(p_resume_token)) is not true
  )
$$;
