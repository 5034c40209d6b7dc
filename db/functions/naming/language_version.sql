-- Which version of the filter language this is. It is raised when the same clause means something else, or is refused.
--
-- Filters in force from before are then judged anew (renew_filters).
create or replace function chat.language_version()
returns smallint
language sql
immutable
as $$
  select 2::smallint
$$;
