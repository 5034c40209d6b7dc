-- Gives a feed that was added another name; its rows, filters and history stay. Rooms with a filter of it are told.
--
-- Raises RM401, RM501, RM505.
create or replace function chat.rename_feed(name text, new_name text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_feed chat.feed := chat.added_feed(rename_feed.name, 'renamed');
begin
  perform chat.check_feed(new_name, v_feed.subject, v_feed.format, v_feed.message_type, v_feed.descriptor);
  perform chat.drop_room_views(v_feed.feed_id);
  execute format(
    'drop trigger route on feed.%1$I; drop function feed.%2$I, room_filter.%3$I; '
    'alter table feed.%1$I rename column %4$I to %5$I; alter table feed.%1$I rename to %6$I',
    v_feed.name, 'store_' || v_feed.name, 'route_' || v_feed.name, v_feed.key_column, new_name || '_id', new_name
  );
  update chat.feed as f set name = new_name where f.feed_id = v_feed.feed_id;
  perform chat.build_feed(v_feed.feed_id);
  perform chat.refresh_router(v_feed.feed_id);
  perform chat.restore_room_views();
  perform chat.log_statuses(
    'FILTERAPPLIED', null, array_agg(f.room_id order by f.room_id),
    array_fill(format('the feed %s is now %s', v_feed.name, new_name), array[count(*)::integer])
  )
  from chat.room_filter as f
  where f.feed_id = v_feed.feed_id and f.state <> 'replaced';
  perform pg_notify(chat.feeds_channel(), new_name);
end
$$;
