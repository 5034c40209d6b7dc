-- How the filters of a signature find the rows with their constants: joins of its table _s to the values of a batch.
create or replace function chat.write_lookups(p_signature chat.signature, p_operands text[])
returns text
language sql
immutable
as $$
  select coalesce(string_agg(
    format(
      case
        when l.leaf ->> 'type' like '%[]' then
          ' left join (select u._filter_id, bit_or(v.bits)::varbit as bits '
          'from (select _filter_id, unnest(_k%1$s)%5$s as value from %4$s) as u '
          'join value_%2$s as v on v.value = u.value group by 1) as _e%1$s on _e%1$s._filter_id = _s._filter_id'
        else ' left join value_%2$s as _e%1$s on _e%1$s.value = _s._%3$s%1$s'
      end,
      l.leaf ->> 'slot',
      array_position(p_operands, l.leaf ->> 'operand'),
      case when l.leaf ->> 'type' = 'numeric' then 'f' else 'k' end,
      chat.constants_table(p_signature.signature_id, 'bitmaps'),
      case when l.leaf ->> 'type' = 'numeric[]' then '::double precision' end
    ), ''
  ), '')
  from chat.list_leaves(p_signature.tree) as l
  where l.leaf ->> 'operator' in ('=', '<>')
$$;
