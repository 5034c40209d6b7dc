-- Has the bridge pass over what comes for a feed, or take it again. What comes meanwhile is not stored. Raises RM401.
create or replace function chat.pause_feed(name text, paused boolean default true)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_feed chat.feed := chat.find_feed(pause_feed.name);
begin
  if v_feed.state = 'removed' then
    raise exception 'the feed % was removed', pause_feed.name using errcode = 'RM505';
  end if;
  update chat.feed as f set state = case when paused then 'paused' else 'active' end where f.feed_id = v_feed.feed_id;
  perform pg_notify(chat.feeds_channel(), v_feed.name);
end
$$;
