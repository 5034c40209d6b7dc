-- The select that looks at each filter of signatures in full for the rows of `odd`: the filters and their bits.
create or replace function chat.write_odd_rows(p_signatures chat.signature[])
returns text
language sql
stable
as $$
  select string_agg(
    format(
      'select _s._filter_id, substring(varbit_send(bit_or(_r._bit)::varbit) from 5) as bits '
      'from odd as _r join %s as _s on %s group by 1',
      chat.constants_table(s.signature_id, 'bitmaps'),
      chat.fill_template(
        s.template,
        array(
          select c.expression
          from generate_subscripts(s.slots, 1) as n
          cross join lateral chat.slot_columns(s, 'bitmaps', n, null) as c
          order by n
        )
      )
    ), e'\n      union all\n      ' order by s.signature_id
  )
  from unnest(p_signatures) as s
$$;
