-- Runs a condition on the rows of a select that reads no table, with the rights of the role for filters: none.
--
-- `edgechat migrate` gives the function to that role (db/grants.py). Postgres looks for rights on whatever a statement
-- names before it runs any of it: what would read a table, however it came through the stages before, raises here.
create or replace function chat.try_without_rights(p_rows text, p_canonical text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
begin
  execute format('select count(*) filter (where %s) from (%s) as r', p_canonical, p_rows);
end
$$;
