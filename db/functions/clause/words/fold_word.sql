-- A word of the language of filters as it is compared: in small letters, those of ASCII only.
--
-- By the database's own locale `I` may be another letter than `i` (in Turkish it is), and a clause another one.
create or replace function chat.fold_word(p_word text)
returns text
language sql
immutable
as $$
  select lower(p_word collate "C")
$$;
