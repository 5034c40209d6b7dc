-- Counts rooms that came into a group, or that left it if there are less than none. The caller holds the log's lock.
create or replace function chat.add_rooms(p_group_id integer, p_count integer)
returns void
language plpgsql
volatile
as $$
declare
  v_index integer := chat.index_in_block(p_group_id);
begin
  update chat.group_block as b
  set rooms[v_index] = b.rooms[v_index] + p_count
  where b.block_id = chat.block_of(p_group_id);
end
$$;
