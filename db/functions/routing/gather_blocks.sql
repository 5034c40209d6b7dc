-- What groups get of a batch, by block: the indexes of those that get rows, and which these are, as block_log has it.
--
-- p_bits are the rows that each filter passes, null for p_all. In SQL, so that it becomes part of the statement that
-- calls it. Filters are taken in order: what is read next is near. offset: each by the index, whatever their number.
create or replace function chat.gather_blocks(p_filter_ids integer[], p_bits bytea[], p_all bytea)
returns table (block_id integer, indexes smallint[], bits bytea[])
language sql
stable
as $$
  select
    chat.block_of(f.group_id),
    array_agg(chat.index_in_block(f.group_id)::smallint),
    array_agg(p.bits)
  from (
    select u.filter_id, coalesce(u.bits, p_all) as bits
    from unnest(p_filter_ids, p_bits) as u(filter_id, bits)
    order by u.filter_id
  ) as p
  cross join lateral (
    select o.group_id from chat.room_group_filter as o where o.filter_id = p.filter_id offset 0
  ) as f
  group by chat.block_of(f.group_id)
$$;
