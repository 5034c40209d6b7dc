-- The rows that are in one of two sets, in the form of block_log.bits: an empty one has none, null is not known.
create or replace function chat.unite_bits(p_bits bytea, p_others varbit)
returns bytea
language sql
immutable
as $$
  select case
    when p_others is null then p_bits
    when p_bits = '' then substring(varbit_send(p_others) from 5)
    else substring(varbit_send(('x' || encode(p_bits, 'hex'))::varbit | p_others) from 5)
  end
$$;
