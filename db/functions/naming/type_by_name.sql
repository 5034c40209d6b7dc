-- The type that Postgres keeps a column of this type of an operator's in; null if there is no such type.
create or replace function chat.type_by_name(p_name text)
returns text
language sql
immutable
parallel safe
as $$
  select case lower(p_name collate "C")
    when 'float' then 'numeric'
    when 'timestamp' then 'timestamptz'
    when 'text' then 'text'
    when 'boolean' then 'boolean'
    when 'integer' then 'integer'
    when 'bigint' then 'bigint'
    when 'text[]' then 'text[]'
    when 'jsonb' then 'jsonb'
  end
$$;
