-- A protobuf field that holds a whole number; nothing if the number is null.
create or replace function chat.encode_number(p_field integer, p_number bigint)
returns bytea
language sql
immutable
parallel safe
as $$
  select coalesce(chat.encode_varint(p_field * 8) || chat.encode_varint(p_number), '')
$$;
