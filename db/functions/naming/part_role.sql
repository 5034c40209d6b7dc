-- The role of a part (bridge, gateway, filters, inspector, operator); null if no administrator has made it.
create or replace function chat.part_role(p_part text)
returns regrole
language sql
stable
as $$
  select to_regrole(quote_ident(pg_get_userbyid(d.datdba) || '_' || p_part))
  from pg_database as d
  where d.datname = current_database()
$$;
