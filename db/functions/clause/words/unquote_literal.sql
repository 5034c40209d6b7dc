-- The text that a literal of a clause stands for.
create or replace function chat.unquote_literal(p_literal text)
returns text
language sql
immutable
as $$
  select replace(substr(p_literal, 2, length(p_literal) - 2), '''''', '''')
$$;
