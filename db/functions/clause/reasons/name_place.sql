-- A reason with the place that it is about, for a person to count to.
create or replace function chat.name_place(p_reason text, p_place integer)
returns text
language sql
immutable
as $$
  select p_reason || coalesce(' (at character ' || p_place || ')', '')
$$;
