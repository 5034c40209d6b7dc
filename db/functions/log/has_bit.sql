-- Whether a row of a batch, counted from 0, is marked in a group_log.bits; null marks all.
create or replace function chat.has_bit(p_bits bytea, p_row integer)
returns boolean
language sql
immutable
parallel safe
as $$
  -- get_bit counts from a byte's lowest bit.
  select p_bits is null or get_bit(p_bits, p_row # 7) = 1
$$;
