-- Sets how long rows of a feed are kept, and how much disk they may take; `ever` and `any` for no limit, null as it is.
--
-- As in '7 days' and '10 GB'. What is beyond goes within seconds, or when the partition that it is in is full. Returns
-- the limits in words. Raises RM401, RM506.
create or replace function chat.keep_feed(name text, keep_for text default null, size text default null)
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set intervalstyle = 'postgres'
as $$
declare
  v_feed chat.feed := chat.find_feed(keep_feed.name);
begin
  begin
    v_feed.keep_for := case
      when keep_feed.keep_for is null then v_feed.keep_for
      when keep_feed.keep_for not in ('ever', 'for ever', 'infinity') then keep_feed.keep_for::interval
    end;
    v_feed.keep_bytes := case
      when keep_feed.size is null then v_feed.keep_bytes
      when keep_feed.size <> 'any' then pg_size_bytes(keep_feed.size)
    end;
    update chat.feed as f
    set keep_for = v_feed.keep_for, keep_bytes = v_feed.keep_bytes
    where f.feed_id = v_feed.feed_id;
  exception
    when data_exception or check_violation then
      raise exception 'rows of % cannot be kept for % in %',
        v_feed.name, coalesce(keep_feed.keep_for, 'as long as now'), coalesce(keep_feed.size, 'as much as now')
        using
          errcode = 'RM506',
          hint = 'a time is written 7 days, 12 hours or ever, and a size 10 GB or any; the least are 1 minute and 1 MB';
  end;
  return chat.describe_limits(v_feed.keep_for, v_feed.keep_bytes);
end
$$;
