-- Opens rooms 0 to n-1 with the given sizes and closes those beyond. Closed rooms keep their log and their filters.
--
-- Every gateway calls this when it starts, so the one that started last decides, for all gateways, which rooms are open
-- and how many users each takes. Members of a room that is closed stay in it until they leave; nobody else gets in.
create or replace function chat.configure_rooms(p_sizes integer[])
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_room_id integer;
  v_group_id integer;
begin
  perform chat.lock_log();
  update chat.room as r
  set is_open = false
  where r.is_open and r.room_id >= cardinality(p_sizes);

  v_group_id := chat.obtain_group(
    (select array_agg(chat.trivial_filter(f.feed_id, true) order by f.feed_id) from chat.feed as f)
  );
  insert into chat.room as r (room_id, max_users, group_id, seq_offset)
  select s.number - 1, s.size, v_group_id, -g.last_place
  from unnest(p_sizes) with ordinality as s(size, number)
  cross join chat.room_group as g
  where g.group_id = v_group_id
  on conflict (room_id) do update set max_users = excluded.max_users, is_open = true
  where (r.max_users, r.is_open) is distinct from (excluded.max_users, true);

  for v_room_id in
    select r.room_id
    from chat.room as r
    where not exists (select from chat.room_filter as f where f.room_id = r.room_id)
    order by r.room_id
  loop
    insert into chat.room_log (room_id, seq, group_id, place)
    select r.room_id, 0, r.group_id, -r.seq_offset from chat.room as r where r.room_id = v_room_id;
    insert into chat.room_filter (room_id, feed_id, filter_id, clause, from_seq)
    select v_room_id, f.feed_id, chat.trivial_filter(f.feed_id, true), 'NONE', 0 from chat.feed as f;
    perform chat.create_room_view(v_room_id, f.feed_id, 'true') from chat.feed as f;
  end loop;
end
$$;
