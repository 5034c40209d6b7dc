-- A protobuf field that holds text; nothing if it is null.
create or replace function chat.encode_text(p_field integer, p_text text)
returns bytea
language sql
stable
parallel safe
as $$
  select chat.encode_bytes(p_field, convert_to(p_text, 'UTF8'))
$$;
