-- The number for a new group: the next of a block, or the first of a new one if that is null.
create or replace function chat.take_group_number(p_block_id integer)
returns integer
language plpgsql
volatile
as $$
declare
  v_block chat.group_block;
begin
  update chat.group_block as b set groups = b.groups + 1 where b.block_id = p_block_id returning b.* into v_block;
  if not found then
    insert into chat.group_block (block_id, groups)
    select coalesce(max(b.block_id), 0) + 1, 1 from chat.group_block as b
    returning * into v_block;
  end if;
  return v_block.block_id * 16 + v_block.groups - 1;
end
$$;
