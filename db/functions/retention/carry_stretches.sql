-- Says again, for what is kept, where the rooms were behind the last of their messages in a partition of room_log.
--
-- Feed rows that came after it are found by that. What was carried before is behind it now, and goes.
create or replace function chat.carry_stretches(p_part regclass)
returns void
language plpgsql
volatile
as $$
begin
  execute format(
    $query$
    with newest as materialized (
      select distinct on (l.room_id) l.room_id, l.seq, l.group_id, l.place, l.logged_at
      from %s as l
      order by l.room_id, l.seq desc
    ),
    former as (
      delete from chat.room_log as l
      using newest as n
      where l.room_id = n.room_id and l.seq < n.seq and l.tableoid <> $1
    )
    insert into chat.room_log (room_id, seq, group_id, place, logged_at)
    select n.room_id, n.seq, n.group_id, n.place, n.logged_at from newest as n
    $query$,
    p_part
  )
  using p_part::oid;
end
$$;
