-- The select of a feed's newest rows, up to p_count of them and 1 MiB of texts: what a filter of it is asked about.
--
-- With what the stage `trial` allows for as much, no question takes longer than a trial. came_at is when a row came.
create or replace function chat.newest_rows(p_feed chat.feed, p_count integer)
returns text
language sql
stable
as $$
  select format(
    'select * from (select *, sum(%1$s) over (order by %2$I desc rows unbounded preceding) as _size, %3$s as came_at '
    'from (select * from feed.%4$I order by %2$I desc limit %5$s) as newest) as sized where _size <= 1048576',
    chat.size_expression(p_feed.feed_id),
    p_feed.key_column,
    case when p_feed.message_field is null then 'received_at' else 'to_timestamp(timetag)' end,
    p_feed.name,
    p_count
  )
$$;
