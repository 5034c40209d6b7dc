-- What bitmaps need to know of the rows of `placed`, as CTEs: once for a batch, whatever the number of filters.
--
-- known_<n> are the rows where the n-th operand has a value, value_<n> the rows by value, range_<n> the values sorted
-- and, for 0, 1, 2, … of them, the rows with a value above these. Decimals are compared as floats: those of `placed`
-- are exact. Of a text longer than any constant (write_adding) only as much is taken as tells them apart, in the order
-- of code points that all texts have here.
create or replace function chat.write_facts(p_signatures chat.signature[], p_zero text)
returns text
language sql
stable
as $$
  select string_agg(
    format(
      $sql$,
    known_%1$s as materialized (
      select coalesce(bit_or(_bit), %4$s) as bits from placed where (%2$s) is not null
    )%5$s%6$s$sql$,
      o.place, o.operand, t.type, p_zero,
      case when o.type is not null then format(
        $sql$,
    value_%1$s as materialized (
      select %3$s as value, bit_or(_bit)::varbit as bits from placed where (%2$s) is not null group by 1
    )$sql$,
        o.place,
        o.operand,
        case o.type
          when 'text' then format('"left"(%s, 1001)', o.operand)
          else format('(%s)::%s', o.operand, t.type)
        end
      ) end,
      case when o.is_sorted then format(
        $sql$,
    range_%1$s as materialized (
      select
        coalesce(array_agg(v.value::%3$s order by v.value), '{}')%4$s as sorted,
        (
          'x' || coalesce(string_agg(encode(substring(varbit_send(v.bits) from 5), 'hex'), '' order by v.value), '')
          || encode(substring(varbit_send(%2$s) from 5), 'hex')
        )::varbit as masks
      from (
        select g.value, (bit_or(g.bits) over (order by g.value desc))::varbit as bits from value_%1$s as g
      ) as v
    )$sql$,
        o.place, p_zero, case o.type when 'text' then 'name' else t.type end,
        case o.type when 'text' then ' collate chat.code_points' end
      ) end
    ), '' order by o.place
  )
  from (select o.*, row_number() over (order by o.operand) as place from chat.list_operands(p_signatures) as o) as o
  cross join lateral (select case o.type when 'numeric' then 'double precision' else o.type end as type) as t
$$;
