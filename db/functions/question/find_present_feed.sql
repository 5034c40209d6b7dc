-- The feed with this name that rooms can filter by. Raises RM401 and names those that there are.
create or replace function chat.find_present_feed(p_feed text)
returns chat.feed
language plpgsql
stable
as $$
declare
  v_feed chat.feed := chat.find_feed(p_feed);
begin
  if v_feed.state = 'removed' then
    raise exception 'the feed % was removed', p_feed
      using errcode = 'RM401', hint = 'what rooms got of it is in their history';
  end if;
  return v_feed;
end
$$;
