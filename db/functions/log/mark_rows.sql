-- Marks which rows of a batch passed, as block_log.bits has it (has_bit); the batch's rows count in the order given.
create or replace function chat.mark_rows(p_row_ids bigint[], p_passed bigint[])
returns bytea
language sql
immutable
as $$
  select substring(string_agg(int8send(w.word), '' order by w.number) from 1 for (cardinality(p_row_ids) + 7) / 8)
  from (
    select
      (b.place - 1) / 64 as number,
      bit_or(case when p.row_id is null then 0 else 1::bigint << (63 - (b.place - 1) % 64)::integer end) as word
    from unnest(p_row_ids) with ordinality as b(row_id, place)
    left join unnest(p_passed) as p(row_id) on p.row_id = b.row_id
    group by 1
  ) as w
$$;
