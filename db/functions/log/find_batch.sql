-- The batch in which a group was given the row at a place, or else the first that it was given behind it; null if none.
--
-- An entry of a block says the last place of each of its groups, and these never fall. So it is found by halving:
-- first from the newest one back, in steps that double, since most ask for what has just been. A look takes the newest
-- entry up to a number, whether the batch with that number reached the block or not.
create or replace function chat.find_batch(p_group_id integer, p_place bigint)
returns bigint
language plpgsql
stable
as $$
declare
  v_block_id integer := chat.block_of(p_group_id);
  v_index integer := chat.index_in_block(p_group_id);
  -- The first batch known to reach the place, and the number up to which none does.
  v_reaches bigint;
  v_before bigint;
  v_step bigint := 1;
  v_look bigint;
  v_entry record;
begin
  select l.batch_id, l.last_places[v_index] as last_place
  into v_entry
  from chat.block_log as l
  where l.block_id = v_block_id
  order by l.batch_id desc
  limit 1;
  if v_entry.last_place is null or v_entry.last_place < p_place then
    return null;
  end if;
  v_reaches := v_entry.batch_id;
  while v_before is null or v_before + 1 < v_reaches loop
    if v_before is null then
      v_look := v_reaches - v_step;
      v_step := v_step * 2;
    else
      v_look := v_before + (v_reaches - v_before) / 2;
    end if;
    select l.batch_id, l.last_places[v_index] as last_place
    into v_entry
    from chat.block_log as l
    where l.block_id = v_block_id and l.batch_id <= v_look
    order by l.batch_id desc
    limit 1;
    if v_entry.last_place >= p_place then
      v_reaches := v_entry.batch_id;
    else
      v_before := v_look;
    end if;
  end loop;
  return v_reaches;
end
$$;
