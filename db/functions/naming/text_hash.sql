-- The SHA-256 of a text in hexadecimal, under which a text is found that is too long for an index, or is secret.
create or replace function chat.text_hash(p_text text)
returns text
language sql
stable
parallel safe
as $$
  select encode(sha256(convert_to(p_text, 'UTF8')), 'hex')
$$;
