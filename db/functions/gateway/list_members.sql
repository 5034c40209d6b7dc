-- The members that a gateway has in Postgres's eyes.
create or replace function chat.list_members(p_gateway_id integer)
returns table (member_id bigint, name_key text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.member_id, m.name_key from chat.member as m where m.gateway_id = p_gateway_id
$$;
