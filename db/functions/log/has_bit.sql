-- Whether block_log.bits marks a row of a batch, counted from 0.
--
-- The first row of a batch is the highest bit of the first byte. So it is written by mark_rows and write_pass, and read
-- here and by a gateway (parse_bits in gateway/postgres/payloads.py).
create or replace function chat.has_bit(p_bits bytea, p_row integer)
returns boolean
language sql
immutable
parallel safe
as $$
  -- get_bit counts from a byte's lowest bit.
  select get_bit(p_bits, p_row # 7) = 1
$$;
