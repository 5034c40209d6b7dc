-- The select that evaluates signatures by bitmaps.
--
-- It gives the filters that pass a row, their bits, the bits of all together; and the filters that pass an odd row,
-- with its bits, each looked at in full. A comparison's verdicts on a batch are one string of bits, and AND, OR and NOT
-- of comparisons are made of such strings: their costs are the filter's alone, and hardly the rows'. For p_source and
-- p_zero see write_placed; p_size is an expression for the number of bits.
create or replace function chat.write_bitmaps_pass(
  p_feed_id integer,
  p_signatures chat.signature[],
  p_source text,
  p_zero text,
  p_size text
)
returns text
language sql
stable
as $$
  with operands as (
    select
      array_agg(o.operand order by o.operand) as all,
      array_agg(
        case o.type
          when 'numeric' then format('not chat.is_exact(%s)', o.operand)
          -- The one type of texts that has a fixed size, in an array of which any is found at once.
          else format('coalesce(octet_length(%s) > 63, false)', o.operand)
        end
      ) filter (where o.type = 'numeric' or (o.type = 'text' and o.is_sorted)) as oddities
    from chat.list_operands(p_signatures) as o
  )
  select format(
    $sql$%1$s,
    everything as materialized (select coalesce(bit_or(_bit), %2$s) as bits from placed)%3$s,
    found_odd as materialized (
      %4$s
    )
    select
      array_agg(m._filter_id), array_agg(substring(varbit_send(m.bits::varbit) from 5)), bit_or(m.bits),
      (select array_agg(o._filter_id) from found_odd as o), (select array_agg(o.bits) from found_odd as o)
    from (
      %5$s
    ) as m
    where m.bits <> %2$s$sql$,
    chat.write_placed(p_feed_id, p_source, p_zero, o.oddities),
    p_zero,
    chat.write_facts(p_signatures, p_zero),
    chat.write_odd_rows(p_signatures),
    string_agg(
      format(
        'select _s._filter_id, %s as bits from %s as _s%s',
        chat.write_bits(s.tree, true, o.all, p_zero, p_size), chat.constants_table(s.signature_id, 'bitmaps'),
        chat.write_lookups(s, o.all)
      ), e'\n      union all\n      ' order by s.signature_id
    )
  )
  from operands as o
  cross join unnest(p_signatures) as s
  group by o.all, o.oddities
$$;
