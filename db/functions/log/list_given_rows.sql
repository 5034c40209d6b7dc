-- The feed rows that a group was given from one place to another, as far as they are still logged.
create or replace function chat.list_given_rows(p_group_id integer, p_first_place bigint, p_last_place bigint)
returns table (place bigint, feed_id smallint, row_id bigint, logged_at timestamptz)
language plpgsql
stable
as $$
declare
  v_block_id integer := chat.block_of(p_group_id);
  v_index smallint := chat.index_in_block(p_group_id);
  v_first_id bigint := chat.find_batch(p_group_id, p_first_place);
  -- The batch that goes on behind the last place may have that, too.
  v_last_id bigint := coalesce(chat.find_batch(p_group_id, p_last_place + 1), 9223372036854775807);
begin
  return query
    select g.before + m.number, b.feed_id, m.row_id, b.logged_at
    from (
      select l.batch_id, i.bits, l.last_places[v_index] - bit_count(i.bits) as before
      from chat.block_log as l
      cross join lateral (select l.bits[array_position(l.indexes, v_index)]) as i(bits)
      where l.block_id = v_block_id and l.batch_id between v_first_id and v_last_id and v_index = any (l.indexes)
    ) as g
    join chat.feed_batch as b on b.batch_id = g.batch_id
    cross join lateral chat.list_marked_rows(b.row_ids, g.bits) as m
    where g.before + m.number between p_first_place and p_last_place;
end
$$;
