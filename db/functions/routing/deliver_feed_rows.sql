-- Gives new rows of a feed to the live groups of rooms whose filters they pass: counted, logged and announced.
--
-- p_row_ids are in order. p_filter_ids and p_bits are what the router found: the rows that each filter passes, as
-- group_log.bits has them, and p_wanted those that any does, null if that is not known; NONE and ALL need no router.
-- All goes over the feed's channel, content before the lines that name it: Postgres delivers a transaction's
-- notifications in the order in which they were sent. Groups that get the same rows share a line. A group whose
-- rooms are all empty but may still be resumed is logged and not announced.
create or replace function chat.deliver_feed_rows(
  p_feed_id integer,
  p_row_ids bigint[],
  p_messages bytea[],
  p_filter_ids integer[],
  p_bits bytea[],
  p_wanted bytea
)
returns void
language plpgsql
volatile
set plan_cache_mode = force_generic_plan
as $$
declare
  v_none_id integer := chat.trivial_filter(p_feed_id, true);
  v_count integer := cardinality(p_row_ids);
  v_keys int8multirange := case
    when p_row_ids[v_count] - p_row_ids[1] + 1 = v_count then
      int8multirange(int8range(p_row_ids[1], p_row_ids[v_count], '[]'))
    else (select range_agg(int8range(i, i, '[]')) from unnest(p_row_ids) as i)
  end;
  v_bits bytea[];
  v_groups text[];
begin
  if exists (
    select
    from chat.room_group_filter as f
    join chat.room_group as g on g.group_id = f.group_id
    where f.filter_id = v_none_id and g.live_until = 'infinity'
  ) or (p_wanted is null and p_filter_ids <> '{}') then
    perform chat.notify_contents(chat.feed_channel(p_feed_id), 'C', p_row_ids, p_messages);
  elsif p_filter_ids <> '{}' then
    perform chat.notify_contents(chat.feed_channel(p_feed_id), 'C', array_agg(c.row_id), array_agg(c.message))
    from unnest(p_row_ids, p_messages) with ordinality as c(row_id, message, place)
    where chat.has_bit(p_wanted, c.place::integer - 1);
  end if;

  with passed as (
    select f.filter_id, case when bit_count(f.bits) < v_count then f.bits end as bits
    from unnest(v_none_id || p_filter_ids, null::bytea || p_bits) as f(filter_id, bits)
  ),
  numbered as materialized (
    select
      row_number() over () as number,
      array_agg(p.filter_id) as filter_ids,
      p.bits,
      coalesce(bit_count(p.bits), v_count) as size
    from passed as p
    group by p.bits
  ),
  counted as (
    update chat.room_group as g
    set last_place = g.last_place + n.size
    from numbered as n
    cross join lateral unnest(n.filter_ids) as i(filter_id)
    join chat.room_group_filter as f on f.filter_id = i.filter_id
    where g.group_id = f.group_id and g.live_until > clock_timestamp()
    returning
      g.group_id, g.last_place - n.size + 1 as first_place, g.last_place, g.live_until = 'infinity' as is_occupied,
      n.number, n.bits
  ),
  batch as (
    insert into chat.feed_batch (feed_id, row_ids)
    select p_feed_id, v_keys where exists (select from counted)
    returning batch_id
  ),
  logged as (
    insert into chat.group_log (group_id, first_place, last_place, batch_id, bits)
    select c.group_id, c.first_place, c.last_place, b.batch_id, c.bits from counted as c cross join batch as b
  ),
  -- Not more groups to a line than surely fit beside the bits.
  lined as (
    select c.number, string_agg(c.group_id || ':' || c.first_place, ',') as groups
    from counted as c
    where c.is_occupied
    group by c.number, c.group_id / 64
  )
  select array_agg(n.bits), array_agg(l.groups)
  into v_bits, v_groups
  from lined as l
  join numbered as n on n.number = l.number;

  perform chat.notify_groups(chat.feed_channel(p_feed_id), chat.encode_ranges(v_keys), v_bits, v_groups);
end
$$;
