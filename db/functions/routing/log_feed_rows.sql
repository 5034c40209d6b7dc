-- Counts and logs a batch for the live groups that get rows of it, and tells their rooms; returns the gateways' lines.
--
-- p_bits are the rows that each filter passes, null for all p_count of them. Groups that get the same rows share a
-- line: bits are the rows, groups `<group>:<first place>,…`. A group whose rooms are all empty but may still be resumed
-- is logged and has no line.
-- If the groups have at most max_announced_rooms together, each of these is told on its channel from which seq to which
-- it got rows, `F <feed> <first seq> <last seq>`: here, since one more statement takes longer to start than this does.
-- The offset has them found by the index, group by group: making a hash table took longer. told is how many were.
-- batch_id is null if no group got anything. The plan is kept, so it must serve ten thousand filters as well as one:
-- it is by index, whatever the tables' sizes are when it is made, and hashed where it would sort. But filters come in
-- order: groups were made in the order of their filters, so what is read and written next is near, a quarter less work.
create or replace function chat.log_feed_rows(
  p_feed_id integer,
  p_keys int8multirange,
  p_count integer,
  p_filter_ids integer[],
  p_bits bytea[],
  out bits bytea[], out groups text[], out batch_id bigint, out told bigint
)
language plpgsql
volatile
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off
set enable_sort = off
as $$
begin
  with counted as (
    update chat.room_group as g
    set last_place = g.last_place + p.size
    from (
      select
        f.filter_id, case when bit_count(f.bits) < p_count then f.bits end as bits,
        coalesce(bit_count(f.bits), p_count) as size
      from unnest(p_filter_ids, p_bits) as f(filter_id, bits)
      order by f.filter_id
    ) as p
    join chat.room_group_filter as f on f.filter_id = p.filter_id
    where g.group_id = f.group_id and g.live_until > clock_timestamp()
    returning
      g.group_id, g.last_place - p.size + 1 as first_place, g.last_place, g.live_until = 'infinity' as is_occupied,
      g.rooms, p.bits
  ),
  batch as (
    insert into chat.feed_batch (feed_id, row_ids)
    select p_feed_id, p_keys where exists (select from counted)
    returning feed_batch.batch_id
  ),
  logged as (
    insert into chat.group_log (group_id, first_place, last_place, batch_id, bits)
    select c.group_id, c.first_place, c.last_place, b.batch_id, c.bits from counted as c cross join batch as b
  ),
  lined as (
    select c.bits, string_agg(c.group_id || ':' || c.first_place, ',') as groups
    from counted as c
    where c.is_occupied
    group by c.bits, c.group_id / chat.payload_limit('groups')
  )
  select array_agg(l.bits), array_agg(l.groups), (select b.batch_id from batch as b), (
    select count(pg_notify(
      chat.room_channel(r.room_id),
      'F ' || p_feed_id || ' ' || r.seq_offset + c.first_place || ' ' || r.seq_offset + c.last_place
    ))
    from counted as c
    cross join lateral (select * from chat.room as o where o.group_id = c.group_id offset 0) as r
    where (select sum(d.rooms) from counted as d) <= (select s.max_announced_rooms from chat.setting as s)
  )
  into bits, groups, batch_id, told
  from lined as l;
end
$$;
