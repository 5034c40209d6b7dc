-- Gives a room the filter NONE of feeds that it has none of: of all if the room is new, else of those that came since.
--
-- The caller holds the log's lock.
create or replace function chat.fill_feeds(p_room_id integer, p_feed_ids integer[])
returns void
language plpgsql
volatile
as $$
begin
  perform chat.create_room_view(p_room_id, i, 'true') from unnest(p_feed_ids) as i;
  if exists (select from chat.room_filter as f where f.room_id = p_room_id) then
    perform chat.put_filters_in_force(
      array_agg(p_room_id), array_agg(i), array_agg(chat.trivial_filter(i, true)), array_agg('NONE'::text), null
    )
    from unnest(p_feed_ids) as i;
    perform chat.regroup_rooms(array[p_room_id]);
    perform chat.log_statuses('FILTERAPPLIED', null, array[p_room_id], null);
  else
    insert into chat.room_filter (room_id, feed_id, filter_id, clause, from_seq)
    select p_room_id, i, chat.trivial_filter(i, true), 'NONE', 0 from unnest(p_feed_ids) as i;
    -- Where its log begins.
    insert into chat.room_log (room_id, seq, group_id, place)
    select r.room_id, 0, r.group_id, -r.seq_offset from chat.room as r where r.room_id = p_room_id;
  end if;
end
$$;
