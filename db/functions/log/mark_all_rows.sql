-- Marks all rows of a batch, in the form of block_log.bits.
create or replace function chat.mark_all_rows(p_count integer)
returns bytea
language sql
immutable
as $$
  select decode(repeat('ff', p_count / 8), 'hex') || case
    when p_count % 8 > 0 then set_byte('\x00'::bytea, 0, 255 << (8 - p_count % 8) & 255)
    else ''::bytea
  end
$$;
