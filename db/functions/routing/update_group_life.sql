-- Has a group live as long as the last of its rooms: until then its feed rows are logged.
create or replace function chat.update_group_life(p_group_id integer)
returns void
language sql
volatile
as $$
  update chat.room_group as g
  set live_until = m.live_until
  from (
    select coalesce(max(r.live_until), '-infinity') as live_until from chat.room as r where r.group_id = p_group_id
  ) as m
  where g.group_id = p_group_id and g.live_until <> m.live_until
$$;
