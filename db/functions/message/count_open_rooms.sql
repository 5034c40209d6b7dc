-- How many rooms are open, on all servers. They are numbered from 0 without a hole (configure_rooms), so nothing is
-- counted.
create or replace function chat.count_open_rooms()
returns integer
language sql
stable
as $$
  select greatest(
    (select max(r.room_id) + 1 from chat.room as r where r.is_open),
    (select s.num_rooms from chat.server as s)
  )
$$;
