-- The feed with this name. Raises RM401 and names the feeds there are.
create or replace function chat.find_feed(p_feed text)
returns chat.feed
language plpgsql
stable
as $$
declare
  v_feed chat.feed;
begin
  select f.* into v_feed from chat.feed as f where f.name = p_feed;
  if not found then
    raise exception 'there is no feed %', quote_nullable(p_feed)
      using
        errcode = 'RM401',
        hint = (select 'feeds are ' || string_agg(f.name, ', ' order by f.feed_id)
          from chat.feed as f where f.state <> 'removed');
  end if;
  return v_feed;
end
$$;
