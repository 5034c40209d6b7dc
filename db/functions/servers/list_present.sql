-- Which of these names' keys are members of rooms on this server, or of rooms that have just left it.
create or replace function chat.list_present(p_name_keys text[])
returns table (name_key text)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select m.name_key from chat.member as m where m.name_key = any (p_name_keys)
  union
  select d.name_key from chat.departed_member as d where d.name_key = any (p_name_keys)
$$;
