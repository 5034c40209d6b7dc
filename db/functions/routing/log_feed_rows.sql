-- Counts and logs a batch for the groups that get rows of it, and tells their rooms; returns the gateways' lines.
--
-- p_bits are the rows that each filter passes, null for all p_count of them. Groups that get the same rows share a
-- line: bits are the rows, null for all, groups `<group>:<first place>,…`. A group whose rooms are all empty but may
-- still be resumed is logged and has no line.
-- If at most max_announced_rooms get rows, each is told on its channel from which seq to which it got some,
-- `F <feed> <first seq> <last seq>`: here, since one more statement takes longer to start than this does. Groups are
-- counted first, which is quicker; none has no room, but for the second in which one that was left is still counted.
-- told is how many were. batch_id is null if no group got anything. Counting and logging is done for sixteen groups at
-- once, a block, which takes a third of the time. The plan is kept, so it must serve ten thousand filters as well as
-- one: it is by index, whatever the tables' sizes are when it is made. Filters come in order: what comes next is near.
-- What is given is not kept, though it is read twice: what many groups get is read once, and told to no room.
create or replace function chat.log_feed_rows(
  p_feed_id integer, p_keys int8multirange, p_count integer,
  p_filter_ids integer[], p_bits bytea[], p_group_ids integer[],
  out bits bytea[], out groups text[], out batch_id bigint, out told bigint
)
language plpgsql
volatile
set enable_hashjoin = off
set enable_mergejoin = off
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  v_all bytea := chat.mark_all_rows(p_count);
begin
  with counted as (
    update chat.group_block as k
    set last_places = chat.add_places(k.last_places, p.indexes, p.bits)
    from chat.gather_blocks(p_filter_ids, p_bits, p_group_ids, v_all) as p
    where k.block_id = p.block_id
    returning k.block_id, k.groups, k.last_places, k.occupied, k.rooms, p.indexes, p.bits
  ),
  batch as (
    insert into chat.feed_batch (feed_id, row_ids)
    select p_feed_id, p_keys where exists (select from counted)
    returning feed_batch.batch_id
  ),
  logged as (
    insert into chat.block_log (block_id, batch_id, last_places, indexes, bits)
    select c.block_id, b.batch_id, c.last_places[1:c.groups], c.indexes, c.bits from counted as c cross join batch as b
  ),
  given as not materialized (
    select
      c.block_id * 16 + c.index - 1 as group_id, c.last_places[c.index] - bit_count(c.row_bits) + 1 as first_place,
      c.last_places[c.index] as last_place, c.row_bits as bits, c.occupied[c.index] as is_occupied
    from (select k.*, unnest(k.indexes) as index, unnest(k.bits) as row_bits from counted as k) as c
  ),
  lined as (
    select nullif(g.bits, v_all) as bits, string_agg(g.group_id || ':' || g.first_place, ',') as groups
    from given as g
    where g.is_occupied
    group by g.bits, g.group_id / chat.payload_limit('groups')
  )
  select array_agg(l.bits), array_agg(l.groups), (select b.batch_id from batch as b), (
    select count(pg_notify(chat.room_channel(r.room_id), 'F ' || p_feed_id
      || ' ' || r.seq_offset + g.first_place || ' ' || r.seq_offset + g.last_place))
    from given as g
    cross join lateral (select * from chat.room as o where o.group_id = g.group_id offset 0) as r
    where (select sum(cardinality(c.indexes)) from counted as c)
      <= (select s.max_announced_rooms from chat.setting as s)
      and (select sum(c.rooms[i]) from counted as c cross join lateral unnest(c.indexes) as i)
      <= (select s.max_announced_rooms from chat.setting as s)
  )
  into bits, groups, batch_id, told
  from lined as l;
end
$$;
