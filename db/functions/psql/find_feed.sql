-- The id of the feed with this name. Raises RM401 and names the feeds there are.
create or replace function chat.find_feed(p_feed text)
returns smallint
language plpgsql
stable
as $$
declare
  v_feed_id smallint := (select f.feed_id from chat.feed as f where f.name = p_feed);
begin
  if v_feed_id is null then
    raise exception 'there is no feed %', quote_nullable(p_feed)
      using
        errcode = 'RM401',
        hint = (select 'feeds are ' || string_agg(f.name, ', ' order by f.feed_id) from chat.feed as f);
  end if;
  return v_feed_id;
end
$$;
