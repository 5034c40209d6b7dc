-- What groups get of a batch, by block: the indexes of those that get rows, and which these are, as block_log has it.
--
-- p_bits are the rows that each filter passes, null for p_all, p_group_ids their groups as far as they are known; the
-- rest is looked up. In SQL, so that it becomes part of the statement that calls it. Filters are taken in order: what
-- is read next is near. offset: each by the index, whatever their number. To unnest in FROM would write all down first.
create or replace function chat.gather_blocks(
  p_filter_ids integer[],
  p_bits bytea[],
  p_group_ids integer[],
  p_all bytea
)
returns table (block_id integer, indexes smallint[], bits bytea[])
language sql
stable
as $$
  select
    chat.block_of(g.group_id),
    array_agg(chat.index_in_block(g.group_id)::smallint),
    array_agg(coalesce(g.bits, p_all))
  from (
    select u.group_id, u.bits
    from (select unnest(p_group_ids) as group_id, unnest(p_bits) as bits) as u
    where u.group_id is not null
    union all
    select f.group_id, p.bits
    from (
      select u.filter_id, u.bits
      from (
        select unnest(p_filter_ids) as filter_id, unnest(p_bits) as bits, unnest(p_group_ids) as group_id
      ) as u
      where u.group_id is null
      order by u.filter_id
    ) as p
    cross join lateral (
      select o.group_id from chat.room_group_filter as o where o.filter_id = p.filter_id offset 0
    ) as f
  ) as g
  group by chat.block_of(g.group_id)
$$;
