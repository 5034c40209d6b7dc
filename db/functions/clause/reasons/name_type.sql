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
    when p_type in ('timestamp with time zone', 'timestamptz') then 'a time'
    when p_type in ('timestamp without time zone', 'timestamp') then 'a time without a zone'
    when p_type = 'text[]' then 'a list of texts'
    when p_type ~ '\[\]$' then 'a list'
    when p_type = 'jsonb' then 'JSON'
    else 'something else'
  end
$$;
