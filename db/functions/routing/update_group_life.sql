-- Has a group live as long as the last of its rooms, and notes whether anybody is in one of them.
create or replace function chat.update_group_life(p_group_id integer)
returns void
language plpgsql
volatile
as $$
declare
  v_live_until timestamptz := (
    select coalesce(max(r.live_until), '-infinity') from chat.room as r where r.group_id = p_group_id
  );
begin
  update chat.room_group as g
  set live_until = v_live_until
  where g.group_id = p_group_id and g.live_until <> v_live_until;

  update chat.group_block as b
  set occupied[chat.index_in_block(p_group_id)] = v_live_until = 'infinity'
  where b.block_id = chat.block_of(p_group_id)
    and b.occupied[chat.index_in_block(p_group_id)] <> (v_live_until = 'infinity');
end
$$;
