-- What a type of Postgres's messages is to the person who wrote a clause.
create or replace function chat.name_type(p_type text)
returns text
language sql
immutable
as $$
  select case
    when p_type in ('smallint', 'integer', 'bigint', 'real', 'double precision', 'numeric') then 'a number'
    when p_type in ('text', 'unknown', 'character varying', 'character') then 'text'
    when p_type = 'boolean' then 'a condition'
    when p_type = 'record' then 'a list'
    else 'something else'
  end
$$;
