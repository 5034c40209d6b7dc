-- The name that operators and clients know a column's type by: float for a decimal that came as one.
create or replace function chat.type_for_people(p_type_name text)
returns text
language sql
immutable
parallel safe
as $$
  select case p_type_name when 'numeric' then 'float' when 'timestamptz' then 'timestamp' else p_type_name end
$$;
