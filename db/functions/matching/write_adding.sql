-- The statement that adds a filter to its signature's table, for format(): %1$s is the filter, the rest its constants.
--
-- It adds nothing if they do not fit the form. A text may be as long as an index takes, or a name
-- where texts are sorted; decimals with more digits than
-- a float has cannot be sorted as floats; lists that are anchors take a row for each value, or for each pair of values.
create or replace function chat.write_adding(p_signature chat.signature, p_form text)
returns text
language sql
stable
as $$
  select format(
    'insert into %s select %%1$s, %s%s from (select) as _one%s where %s%s',
    chat.constants_table(p_signature.signature_id, p_form),
    string_agg(c.filled_with, ', ' order by s.slot),
    case p_form when 'pairs' then ', chat.only_group(%1$s)' end,
    string_agg(
      format(' cross join (select distinct unnest(%s)) as _u%s(value)', s.constant, s.slot), '' order by s.slot
    ) filter (where s.is_unrolled),
    string_agg(
      case
        when s.type like '%[]' then format(
          '(select bool_and(%s) from unnest(%s) as v)',
          case
            when s.type = 'text[]' then 'octet_length(v) <= 1000'
            when s.type = 'numeric[]' and p_form = 'bitmaps' then 'chat.is_exact(v)'
            else 'true'
          end,
          s.constant
        )
        when s.type = 'numeric' and p_form = 'bitmaps' then format('chat.is_exact(%s)', s.constant)
        when s.type in ('numeric', 'bigint', 'timestamptz') then 'true'
        else format(
          'octet_length(%s) <= %s', s.constant,
          case when p_form = 'bitmaps' and chat.is_ranged(p_signature, s.slot::integer) then 63 else 1000 end
        )
      end, ' and '
    ),
    ' and ' || string_agg(format('cardinality(%s)', s.constant), ' * ') filter (where s.is_unrolled) || ' <= 200'
  )
  from (
    select
      t.slot,
      t.type,
      format('%%%s$s', t.slot + 1) as constant,
      p_form = 'pairs' and t.type like '%[]' and t.slot = any (p_signature.anchors) as is_unrolled
    from unnest(p_signature.slots) with ordinality as t(type, slot)
  ) as s
  cross join lateral chat.slot_columns(p_signature, p_form, s.slot::integer, s.constant) as c
$$;
