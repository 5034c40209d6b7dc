-- Which of these names' keys are members of rooms on this server.
create or replace function chat.list_present(p_name_keys text[])
returns table (name_key text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.name_key from chat.member as m where m.name_key = any (p_name_keys)
$$;
