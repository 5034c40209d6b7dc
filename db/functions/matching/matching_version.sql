-- Which version of signatures this is, and of what is generated of them.
--
-- Raised when either changes: `migrate` then makes both anew.
create or replace function chat.matching_version()
returns integer
language sql
immutable
as $$
  select 1
$$;
