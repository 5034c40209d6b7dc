-- Protobuf's base-128 varint of a number (https://protobuf.dev/programming-guides/encoding/#varints).
create or replace function chat.encode_varint(p_number bigint)
returns bytea
language sql
immutable
parallel safe
as $$
  select case
    when p_number between 0 and 127 then set_byte('\x00', 0, p_number::integer)
    when p_number between 128 and 16383 then
      set_byte(set_byte('\x0000', 0, (p_number & 127)::integer | 128), 1, (p_number >> 7)::integer)
    else chat.encode_long_varint(p_number)
  end
$$;
