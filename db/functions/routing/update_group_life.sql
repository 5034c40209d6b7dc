-- Has a group live as long as the last of its rooms, and notes whether anybody is in one of them.
--
-- p_added is how many rooms have come into it, below none for rooms that have left; where no life changes, add_rooms
-- counts them.
create or replace function chat.update_group_life(p_group_id integer, p_added integer default 0)
returns void
language plpgsql
volatile
as $$
declare
  v_index integer := chat.index_in_block(p_group_id);
  v_live_until timestamptz := (
    select coalesce(max(r.live_until), '-infinity') from chat.room as r where r.group_id = p_group_id
  );
begin
  update chat.room_group as g
  set live_until = v_live_until
  where g.group_id = p_group_id and g.live_until <> v_live_until;

  update chat.group_block as b
  set rooms[v_index] = b.rooms[v_index] + p_added, occupied[v_index] = v_live_until = 'infinity'
  where b.block_id = chat.block_of(p_group_id)
    and (p_added <> 0 or b.occupied[v_index] <> (v_live_until = 'infinity'));
end
$$;
