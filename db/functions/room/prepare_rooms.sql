-- Makes rooms that are missing, closed, and gives rooms the filters that they lack: at most p_most in either way.
--
-- Returns how many are left. Each takes a view for each feed, and that a lock to the end of the transaction, for which
-- Postgres has place for some thousands only. The caller holds the log's lock.
create or replace function chat.prepare_rooms(p_sizes integer[], p_most integer)
returns integer
language plpgsql
volatile
as $$
declare
  v_feed_ids integer[] := (
    select array_agg(f.feed_id::integer order by f.feed_id) from chat.feed as f where f.default_clause = 'NONE'
  );
  v_group_id integer := chat.obtain_group(
    (select array_agg(chat.trivial_filter(i, true) order by i) from unnest(v_feed_ids) as i)
  );
  v_missing integer[] := chat.find_missing_rooms(cardinality(p_sizes));
  v_new integer[] := v_missing[1:p_most];
  v_room record;
  v_left integer := 0;
begin
  if cardinality(v_new) > 0 then
    insert into chat.room (room_id, max_users, is_open, group_id, seq_offset)
    select i, p_sizes[i + 1], false, g.group_id, -g.last_place
    from unnest(v_new) as i
    cross join chat.group_place as g
    where g.group_id = v_group_id;
    perform chat.add_rooms(v_group_id, cardinality(v_new));
    perform chat.fill_feeds(i, v_feed_ids) from unnest(v_new) as i;
  end if;
  if cardinality(v_missing) > p_most then
    return cardinality(v_missing) - p_most;
  end if;

  -- Of feeds that came since.
  for v_room in
    select r.room_id, array_agg(i order by i) as feed_ids, count(*) over () as lacking
    from chat.room as r
    cross join unnest(v_feed_ids) as i
    where not exists (select from chat.room_filter as p where p.room_id = r.room_id and p.feed_id = i)
    group by r.room_id
    order by r.room_id
    limit p_most
  loop
    perform chat.fill_feeds(v_room.room_id, v_room.feed_ids);
    v_left := greatest(v_room.lacking - p_most, 0);
  end loop;
  return v_left;
end
$$;
