-- A claim's hashes with that of one token more in front, and the two newest others; as they are if it is there already.
create or replace function chat.with_token(p_hashes text, p_token text)
returns text
language sql
stable
as $$
  select case
    when split_part(p_hashes, ' ', 1) = h.hash then p_hashes
    else array_to_string((string_to_array(h.hash || ' ' || p_hashes, ' '))[1:3], ' ')
  end
  from chat.text_hash(p_token) as h(hash)
$$;
