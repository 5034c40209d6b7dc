-- A protobuf field that holds bytes or an embedded message; nothing if they are null.
create or replace function chat.encode_bytes(p_field integer, p_bytes bytea)
returns bytea
language sql
immutable
parallel safe
as $$
  select coalesce(chat.encode_varint(p_field * 8 + 2) || chat.encode_varint(length(p_bytes)) || p_bytes, '')
$$;
