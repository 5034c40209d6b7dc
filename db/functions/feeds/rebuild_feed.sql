-- After a feed's columns changed: its functions, the filters in force judged anew, its views and its router.
--
-- p_reason is for rooms whose filter reads otherwise now. The caller holds the log's lock.
create or replace function chat.rebuild_feed(p_feed_id integer, p_reason text)
returns void
language plpgsql
volatile
as $$
declare
  v_feed chat.feed;
begin
  select f.* into v_feed from chat.feed as f where f.feed_id = p_feed_id;
  perform chat.build_feed(p_feed_id);
  perform chat.renew_filters(p_feed_id, p_reason);
  perform chat.create_room_view(f.room_id, f.feed_id, t.canonical)
  from chat.room_filter as f
  join chat.filter as t on t.filter_id = f.filter_id
  where f.feed_id = p_feed_id and f.state = 'in force';
  perform chat.forget_signatures(p_feed_id);
  perform chat.route_missing_filters();
  perform chat.refresh_router(p_feed_id);
  perform pg_notify(chat.feeds_channel(), v_feed.name);
end
$$;
