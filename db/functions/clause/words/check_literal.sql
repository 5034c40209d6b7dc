-- Why a text literal may not stand in a clause; null if it may.
create or replace function chat.check_literal(p_token text, p_is_apart boolean, p_previous_kind text)
returns text
language sql
immutable
as $$
  select case
    when p_previous_kind in ('word', 'name', 'number') and not p_is_apart
      then 'a text literal may not have a prefix or stand right behind a word; write ''text'' behind a space'
    when p_previous_kind = 'literal'
      then 'two text literals follow each other; write a comma between them, or make them one'
    when p_token ~ '[\x01-\x08\x0b\x0c\x0e-\x1f\x7f]' then 'a control character is not allowed in a text literal'
  end
$$;
