-- A protobuf field that holds a float; nothing if the number is null. The bytes of Postgres come in the other order.
create or replace function chat.encode_float(p_field integer, p_number real)
returns bytea
language sql
immutable
parallel safe
as $$
  select coalesce(
    chat.encode_varint(p_field * 8 + 5)
    || substr(float4send(p_number), 4, 1) || substr(float4send(p_number), 3, 1)
    || substr(float4send(p_number), 2, 1) || substr(float4send(p_number), 1, 1),
    ''
  )
$$;
