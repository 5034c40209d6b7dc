-- The channel on which a single gateway is spoken to.
create or replace function chat.gateway_channel(p_gateway_id integer)
returns text
language sql
immutable
parallel safe
security definer
set search_path = pg_catalog, pg_temp
as $$
  select 'chat_gateway_' || p_gateway_id
$$;
