-- The type of a feed's column as a cast to it is written, so that texts compare there as they do in the table.
create or replace function chat.column_type(p_type_name text)
returns text
language sql
immutable
as $$
  select p_type_name || case when p_type_name in ('text', 'text[]') then ' collate chat.code_points' else '' end
$$;
