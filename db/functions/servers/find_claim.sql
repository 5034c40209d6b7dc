-- Who has a word that a user of this name asks for: the same name, or else one that looks like it; nulls if nobody has.
create or replace function chat.find_claim(p_word text, p_name_key text, p_username text)
returns chat.name_claim
language sql
stable
as $$
  select c.*
  from chat.name_claim as c
  where c.word = p_word
    and (c.name_key = p_name_key or not (chat.is_ascii(c.username) and chat.is_ascii(p_username)))
  order by c.name_key = p_name_key desc
  limit 1
$$;
