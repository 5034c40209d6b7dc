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
  v_group_id integer;
begin
  perform chat.lock_log();
  update chat.room as r
  set is_open = false
  where r.is_open and r.room_id >= cardinality(p_sizes);

  v_group_id := chat.obtain_group(
    (select array_agg(chat.trivial_filter(f.feed_id, true) order by f.feed_id)
     from chat.feed as f where f.default_clause = 'NONE')
  );
  insert into chat.room as r (room_id, max_users, group_id, seq_offset)
  select s.number - 1, s.size, v_group_id, -g.last_place
  from unnest(p_sizes) with ordinality as s(size, number)
  cross join chat.room_group as g
  where g.group_id = v_group_id and chat.holds_room(s.number::integer - 1)
  on conflict (room_id) do update set max_users = excluded.max_users, is_open = true
  where (r.max_users, r.is_open) is distinct from (excluded.max_users, true);

  update chat.server as s set num_rooms = cardinality(p_sizes) where s.name is not null;

  update chat.room_group as g
  set rooms = (select count(*) from chat.room as r where r.group_id = v_group_id)
  where g.group_id = v_group_id;

  perform chat.fill_feeds(m.room_id, m.feed_ids)
  from (
    select r.room_id, array_agg(f.feed_id::integer order by f.feed_id) as feed_ids
    from chat.room as r
    cross join chat.feed as f
    where f.default_clause = 'NONE'
      and not exists (select from chat.room_filter as p where p.room_id = r.room_id and p.feed_id = f.feed_id)
    group by r.room_id
    order by r.room_id
  ) as m;
end
$$;
