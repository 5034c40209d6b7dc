-- The varint of a number of any size; a negative one takes ten bytes, as its two's complement.
create or replace function chat.encode_long_varint(p_number bigint)
returns bytea
language plpgsql
immutable
strict
parallel safe
as $$
declare
  v_rest bigint := p_number;
  v_bytes bytea := '';
begin
  for i in 1..10 loop
    if v_rest between 0 and 127 then
      return v_bytes || set_byte('\x00', 0, v_rest::integer);
    end if;
    v_bytes := v_bytes || set_byte('\x00', 0, (v_rest & 127)::integer | 128);
    -- >> keeps the sign; the mask makes it a shift of the unsigned number.
    v_rest := (v_rest >> 7) & x'01ffffffffffffff'::bigint;
  end loop;
  return v_bytes;
end
$$;
