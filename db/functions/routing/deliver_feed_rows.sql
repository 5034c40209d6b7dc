-- Gives new rows of a feed to the live groups of rooms whose filters they pass: counted, logged and announced.
--
-- p_row_ids are in order. The rest is what the router found: p_bits are the rows that each of p_filter_ids passes, in
-- the form of block_log.bits, p_group_ids their groups where a filter is known to be in one only, and p_wanted the rows
-- that any of them passes, null if that is not known. NONE and ALL are not among them.
-- What gateways need goes over the feed's channel, content before the lines that name it: Postgres delivers a
-- transaction's notifications in the order in which they were sent. What else is told, on the rooms' own channels, is
-- for other programs. The router sets the plans' mode for all that runs here.
create or replace function chat.deliver_feed_rows(
  p_feed_id integer,
  p_row_ids bigint[],
  p_messages bytea[],
  p_filter_ids integer[],
  p_bits bytea[],
  p_group_ids integer[],
  p_wanted bytea
)
returns void
language plpgsql
volatile
as $$
declare
  v_none_id integer := chat.trivial_filter(p_feed_id, true);
  v_count integer := cardinality(p_row_ids);
  v_keys int8multirange := case
    when p_row_ids[v_count] - p_row_ids[1] + 1 = v_count then
      int8multirange(int8range(p_row_ids[1], p_row_ids[v_count], '[]'))
    else (select range_agg(int8range(i, i, '[]')) from unnest(p_row_ids) as i)
  end;
  v_given record;
begin
  if not chat.send_contents(p_feed_id, p_row_ids, p_messages, v_none_id, p_filter_ids, p_wanted) then
    return;
  end if;
  v_given := chat.log_feed_rows(
    p_feed_id, v_keys, v_count, v_none_id || p_filter_ids, null::bytea || p_bits, null::integer || p_group_ids
  );
  perform chat.notify_groups(chat.feed_channel(p_feed_id), chat.encode_ranges(v_keys), v_given.bits, v_given.groups);
  if v_given.told = 0 and v_given.batch_id is not null then
    perform chat.announce_asked_rooms(p_feed_id, v_given.batch_id);
  end if;
end
$$;
