-- Sends the content of new rows of a feed over its channel: of those that a filter passes, or of all for rooms on NONE.
--
-- Returns whether any group gets some of them; one in which nobody is now may, and needs no content. The parameters are
-- those of deliver_feed_rows; p_none_id is the filter of rooms on NONE. Their groups are few, and found by index,
-- whatever the number of others: a kept plan would read them all.
create or replace function chat.send_contents(
  p_feed_id integer,
  p_row_ids bigint[],
  p_messages bytea[],
  p_none_id integer,
  p_filter_ids integer[],
  p_wanted bytea
)
returns boolean
language plpgsql
volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  v_none_until timestamptz := (
    select max(g.live_until)
    from chat.room_group_filter as f
    cross join lateral (select * from chat.room_group as o where o.group_id = f.group_id offset 0) as g
    where f.filter_id = p_none_id
  );
begin
  if v_none_until = 'infinity' or (p_filter_ids <> '{}' and (p_wanted is null or cardinality(p_row_ids) = 1)) then
    perform chat.notify_contents(chat.feed_channel(p_feed_id), 'C', p_row_ids, p_messages);
  elsif p_filter_ids <> '{}' then
    perform chat.notify_contents(chat.feed_channel(p_feed_id), 'C', array_agg(c.row_id), array_agg(c.message))
    from unnest(p_row_ids, p_messages) with ordinality as c(row_id, message, place)
    where chat.has_bit(p_wanted, c.place::integer - 1);
  end if;
  return p_filter_ids <> '{}' or v_none_until is not null;
end
$$;
