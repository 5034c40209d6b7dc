-- Whether a text has ASCII characters only.
create or replace function chat.is_ascii(p_text text)
returns boolean
language sql
immutable
parallel safe
as $$
  select octet_length(p_text) = length(p_text)
$$;
