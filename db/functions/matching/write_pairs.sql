-- Filters of one signature joined to the rows that they may pass, by index, and then looked at in full.
--
-- It is a select of (_filter_id, _group_id, _bit), of which some may come twice, over `placed`, see write_placed. A
-- condition that is nothing but one comparison is looked at once for each value, not for each row. With offset the
-- filters are looked for row by row, whatever the planner thinks of their number.
create or replace function chat.write_pairs(p_signature chat.signature)
returns text
language sql
stable
as $$
  select string_agg(
    format(
      'select _f._filter_id, _f._group_id, _r._bit from %s as _r%s cross join lateral ('
      'select _s._filter_id, _s._group_id from %s as _s where %s and %s offset 0) as _f',
      case
        when p_signature.tree ? 'slot' then format(
          '(select %1$s as _value, bit_or(_bit) as _bit from placed group by 1)', l.leaf ->> 'operand'
        )
        else 'placed'
      end,
      j.beside,
      chat.constants_table(p_signature.signature_id, 'pairs'),
      j.condition,
      case
        when p_signature.tree ? 'slot' then format('(_r._value %s (%s))', e.operator, e.expressions[l.slot])
        else chat.fill_template(p_signature.template, e.expressions)
      end
    ),
    e'\n      union all\n      '
  )
  from (
    select v.leaf, (v.leaf ->> 'slot')::integer as slot
    from chat.list_leaves(p_signature.tree) as v
    where (v.leaf ->> 'slot')::smallint = any (p_signature.anchors)
  ) as l
  cross join lateral (
    select
      array_agg(s.expression order by n) as expressions,
      case when l.leaf ->> 'type' like '%[]' then '= any' else l.leaf ->> 'operator' end as operator
    from generate_subscripts(p_signature.slots, 1) as n
    cross join lateral chat.slot_columns(p_signature, 'pairs', n, null) as s
  ) as e
  cross join lateral chat.list_joins(
    p_signature, l.slot, case when p_signature.tree ? 'slot' then '_r._value' else l.leaf ->> 'operand' end
  ) as j
$$;
