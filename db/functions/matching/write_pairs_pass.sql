-- The select that evaluates signatures by pairs: the filters that pass a row, their bits, and the bits of all together.
--
-- Behind them, where write_bitmaps_pass has odd rows, nothing; and then the group of each filter that is in one only.
-- For p_source and p_zero see write_placed. Its joins must go by index, whatever the planner knows of the tables when
-- it is planned: see write_matching.
create or replace function chat.write_pairs_pass(
  p_feed_id integer,
  p_signatures chat.signature[],
  p_source text,
  p_zero text
)
returns text
language sql
stable
as $$
  select format(
    $sql$%s
    select
      array_agg(m._filter_id), array_agg(substring(varbit_send(m.bits) from 5)), bit_or(m.bits),
      null::integer[], null::bytea[], array_agg(m._group_id)
    from (
      %s
    ) as m$sql$,
    chat.write_placed(p_feed_id, p_source, p_zero, '{}'),
    string_agg(
      format(
        e'select _p._filter_id, _p._group_id, bit_or(_p._bit)::varbit as bits '
        'from (\n      %s\n      ) as _p group by 1, 2',
        chat.write_pairs(s)
      ),
      e'\n      union all\n      ' order by s.signature_id
    )
  )
  from unnest(p_signatures) as s
$$;
