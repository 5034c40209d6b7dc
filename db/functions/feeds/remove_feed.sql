-- Removes a feed that was added. rows is keep, and rooms' histories still have them, or drop; there is no default.
--
-- Rooms that had a filter of it are told. When its rows are dropped, rooms that got some begin a new history: members
-- who resume from before are told (HISTORY_TRUNCATED). One that was removed and kept can be dropped later. Returns how
-- many rows there were. Raises RM401, RM505.
create or replace function chat.remove_feed(name text, rows text default null)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_feed chat.feed := chat.added_feed(remove_feed.name, 'removed');
  v_rows bigint;
begin
  execute format('select count(*) from feed.%I', v_feed.name) into v_rows;
  if rows is null or rows not in ('keep', 'drop') then
    raise exception 'say what is to become of the % rows of %', v_rows, v_feed.name
      using errcode = 'RM505', hint = format('select remove_feed(%L, rows => ''keep''), or ''drop''', v_feed.name);
  end if;
  perform chat.end_filters(v_feed.feed_id, format('the feed %s was removed', v_feed.name));
  perform chat.forget_signatures(v_feed.feed_id);
  update chat.feed as f set state = 'removed' where f.feed_id = v_feed.feed_id;
  execute format(
    'drop trigger if exists route on feed.%1$I; drop trigger if exists begin_routing on feed.%1$I; '
    'drop function if exists feed.%2$I, room_filter.%3$I',
    v_feed.name, 'store_' || v_feed.name, 'route_' || v_feed.name
  );
  delete from chat.router as r where r.feed_id = v_feed.feed_id;
  if rows = 'drop' then
    perform chat.drop_feed_rows(v_feed);
  end if;
  perform pg_notify(chat.feeds_channel(), v_feed.name);
  return v_rows;
end
$$;
