-- The claims that a gateway has on this server.
create or replace function chat.list_claims(p_gateway_id integer)
returns table (word text, name_key text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select c.word, c.name_key from chat.name_claim as c where c.gateway_id = p_gateway_id
$$;
