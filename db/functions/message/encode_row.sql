-- What clients get of a row of a feed that has no field of its own: fields feed, row and, unless it is null, rowbytes.
create or replace function chat.encode_row(p_feed text, p_row json, p_message bytea)
returns bytea
language sql
stable
parallel safe
as $$
  select chat.encode_text(17, p_feed) || chat.encode_text(18, p_row::text) || chat.encode_bytes(19, p_message)
$$;
