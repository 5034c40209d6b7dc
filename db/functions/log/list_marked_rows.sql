-- The rows of a batch that block_log.bits marks, numbered from 1.
create or replace function chat.list_marked_rows(p_row_ids int8multirange, p_bits bytea)
returns table (number bigint, row_id bigint)
language sql
immutable
as $$
  select row_number() over (order by b.row_id), b.row_id
  from (
    select i as row_id, (row_number() over (order by i) - 1)::integer as place
    from unnest(p_row_ids) as r
    cross join lateral generate_series(lower(r), upper(r) - 1) as i
  ) as b
  where chat.has_bit(p_bits, b.place)
$$;
