-- The rows that each filter passes, where a filter may come twice with parts of them; in the form of block_log.bits.
create or replace function chat.merge_bits(p_filter_ids integer[], p_bits bytea[])
returns table (filter_ids integer[], bits bytea[])
language sql
immutable
as $$
  select array_agg(m.filter_id), array_agg(substring(varbit_send(m.bits) from 5))
  from (
    select u.filter_id, bit_or(('x' || encode(u.bits, 'hex'))::varbit)::varbit as bits
    from unnest(p_filter_ids, p_bits) as u(filter_id, bits)
    group by u.filter_id
  ) as m
$$;
