-- The block for a new group with a likeness, by which those that get the same rows are together; null: a new block.
--
-- A row costs each block that it reaches, so the fewer the better. A block of the like is best. The first two of the
-- like go to their neighbours by text, or there would be a block for each pair; those that come then begin blocks of
-- their own. Looks at few groups, however many there are.
create or replace function chat.choose_block(p_likeness text)
returns integer
language plpgsql
stable
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  v_block_id integer;
  v_any record;
begin
  select count(*) as like_it, max(k.block_id) filter (where k.groups < 16) as block_id
  into v_any
  from (
    select g.group_id from chat.room_group as g where g.likeness = p_likeness order by g.group_id desc limit 64
  ) as n
  join chat.group_block as k on k.block_id = chat.block_of(n.group_id);
  if v_any.block_id is not null or v_any.like_it > 2 then
    return v_any.block_id;
  end if;
  select k.block_id
  into v_block_id
  from (
    (select g.group_id from chat.room_group as g where g.likeness < p_likeness order by g.likeness desc limit 16)
    union all
    (select g.group_id from chat.room_group as g where g.likeness > p_likeness order by g.likeness limit 16)
  ) as n
  join chat.group_block as k on k.block_id = chat.block_of(n.group_id)
  where k.groups < 16
  limit 1;
  return v_block_id;
end
$$;
