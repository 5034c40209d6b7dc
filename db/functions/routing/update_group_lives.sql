-- Has groups live as long as the last of their rooms, and notes whether anybody is in one of them.
--
-- p_added is how many rooms have come into each, below none for rooms that have left; a group may be told twice. Where
-- no life changes, add_rooms counts them. The caller holds the log's lock.
create or replace function chat.update_group_lives(p_group_ids integer[], p_added integer[])
returns void
language plpgsql
volatile
set enable_seqscan = off
set enable_bitmapscan = off
set plan_cache_mode = force_generic_plan
as $$
declare
  v record;
begin
  select array_agg(l.group_id) as group_ids, array_agg(l.added) as added, array_agg(l.live_until) as live_until
  into v
  from (
    select
      u.group_id,
      sum(u.added)::integer as added,
      (select coalesce(max(r.live_until), '-infinity') from chat.room as r where r.group_id = u.group_id) as live_until
    from unnest(p_group_ids, p_added) as u(group_id, added)
    group by u.group_id
  ) as l;

  update chat.room_group as g
  set live_until = l.live_until
  from unnest(v.group_ids, v.live_until) as l(group_id, live_until)
  where g.group_id = l.group_id and g.live_until <> l.live_until;

  for i in 1..cardinality(v.group_ids) loop
    update chat.group_block as b
    set
      rooms[chat.index_in_block(v.group_ids[i])] = b.rooms[chat.index_in_block(v.group_ids[i])] + v.added[i],
      occupied[chat.index_in_block(v.group_ids[i])] = v.live_until[i] = 'infinity'
    where b.block_id = chat.block_of(v.group_ids[i])
      and (
        v.added[i] <> 0
        or b.occupied[chat.index_in_block(v.group_ids[i])] <> (v.live_until[i] = 'infinity')
      );
  end loop;
end
$$;
