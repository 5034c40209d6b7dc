-- Keeps what other servers tell of their rooms (tell_rooms), so that statuses here can name all.
create or replace function chat.note_rooms_elsewhere(p_room_ids integer[], p_statuses bytea[])
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into chat.room_elsewhere as e (room_id, status)
  select u.room_id, u.status from unnest(p_room_ids, p_statuses) as u(room_id, status) order by u.room_id
  on conflict (room_id) do update set status = excluded.status
  where e.status <> excluded.status
$$;
