-- Gives new rows of a feed to the live rooms whose filters they pass: counted, logged and announced.
--
-- p_row_ids are in order. p_filter_ids and p_matches are what the router found: the keys that each filter passes; NONE
-- and ALL need no router. All goes over the feed's channel, content before the lines that name it: Postgres delivers a
-- transaction's notifications in the order in which they were sent. Rooms that get the same rows share a line, so a
-- room costs a few bytes. A room that is empty but may still be resumed is logged and not announced.
create or replace function chat.deliver_feed_rows(
  p_feed_id integer,
  p_row_ids bigint[],
  p_messages bytea[],
  p_filter_ids integer[],
  p_matches int8multirange[]
)
returns void
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set plan_cache_mode = force_generic_plan
as $$
declare
  v_base bigint := p_row_ids[1];
  v_last bigint := p_row_ids[cardinality(p_row_ids)];
  v_all int8multirange := case
    when v_last - v_base + 1 = cardinality(p_row_ids) then int8multirange(int8range(v_base, v_last, '[]'))
    else (select range_agg(int8range(i, i, '[]')) from unnest(p_row_ids) as i)
  end;
  v_filter_ids integer[] := chat.trivial_filter(p_feed_id, true) || p_filter_ids;
  v_matches int8multirange[] := v_all || p_matches;
  v_wanted int8multirange;
  v_limit integer;
  v_keys text[];
  v_rooms text[];
begin
  -- What any occupied room gets. Often a few filters pass everything together, and adding up many is slow.
  foreach v_limit in array array[32, null] loop
    select range_agg(w.row_ids)
    into v_wanted
    from (
      select m.row_ids
      from unnest(v_filter_ids, v_matches) as m(filter_id, row_ids)
      where exists (
        select
        from chat.room_filter as f
        join chat.room as r on r.room_id = f.room_id
        where f.filter_id = m.filter_id and f.state = 'in force' and r.live_until = 'infinity'
      )
      limit v_limit
    ) as w;
    exit when v_wanted = v_all;
  end loop;

  if v_wanted = v_all then
    perform chat.notify_contents(chat.feed_channel(p_feed_id), p_row_ids, p_messages);
  else
    perform chat.notify_contents(chat.feed_channel(p_feed_id), array_agg(c.row_id), array_agg(c.message))
    from unnest(p_row_ids, p_messages) as c(row_id, message)
    where v_wanted @> c.row_id;
  end if;

  with passed as materialized (
    select array_agg(m.filter_id) as filter_ids, m.row_ids, chat.count_keys(m.row_ids) as size
    from unnest(v_filter_ids, v_matches) as m(filter_id, row_ids)
    group by m.row_ids
  ),
  numbered as materialized (
    select row_number() over () as number, p.* from passed as p
  ),
  counted as (
    update chat.room as r
    set last_seq = r.last_seq + n.size
    from numbered as n
    cross join lateral unnest(n.filter_ids) as i(filter_id)
    join chat.room_filter as f on f.filter_id = i.filter_id and f.state = 'in force'
    where r.room_id = f.room_id and r.live_until > clock_timestamp()
    returning
      r.room_id, r.last_seq - n.size + 1 as first_seq, r.last_seq, r.live_until = 'infinity' as is_occupied,
      n.number, n.row_ids
  ),
  logged as (
    insert into chat.room_log (room_id, first_seq, last_seq, feed_id, row_ids)
    select c.room_id, c.first_seq, c.last_seq, p_feed_id, c.row_ids from counted as c
  ),
  -- Not more rooms to a line than surely fit beside the keys.
  lined as (
    select c.number, string_agg(c.room_id || ':' || c.first_seq, ',') as rooms
    from counted as c
    where c.is_occupied
    group by c.number, c.room_id / 64
  )
  select array_agg(chat.encode_ranges(n.row_ids, v_base)), array_agg(l.rooms)
  into v_keys, v_rooms
  from lined as l
  join numbered as n on n.number = l.number;

  perform chat.notify_rooms(chat.feed_channel(p_feed_id), v_base, v_keys, v_rooms);
end
$$;
