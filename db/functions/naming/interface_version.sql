-- Which version of what gateways and bridges call this database has; runtime/interface.py has the same number.
--
-- Both are raised when one of the former version could not work with the functions any more: another number or other
-- types of parameters, or another result. Such a gateway or bridge is told so, and does not start.
create or replace function chat.interface_version()
returns integer
language sql
immutable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select 9
$$;
