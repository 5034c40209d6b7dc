-- A token of a clause as it is compared: a text or a name in quotes as it is, anything else as fold_word has it.
create or replace function chat.fold_token(p_token text)
returns text
language sql
immutable
as $$
  select case when p_token ~ '^[''"]' then p_token else chat.fold_word(p_token) end
$$;
