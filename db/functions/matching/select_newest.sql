-- A select of the newest rows of a feed, by which what is evaluated of rows is measured.
create or replace function chat.select_newest(p_feed_id integer, p_rows integer)
returns text
language sql
stable
as $$
  select format('select * from feed.%I order by %I desc limit %s', f.name, f.key_column, p_rows)
  from chat.feed as f
  where f.feed_id = p_feed_id
$$;
