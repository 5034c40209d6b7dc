-- Drops a column of a feed that was added, with what is in it.
--
-- Filters that name it are suspended, and their rooms told. Raises RM401, RM503, RM505.
create or replace function chat.drop_feed_column(feed text, "column" text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_feed chat.feed := chat.added_feed(drop_feed_column.feed, 'taken a column from');
  v_names text[] := (
    select array_agg(c.column_name order by c.position)
    from chat.feed_column as c
    where c.feed_id = v_feed.feed_id and c.source = 'message'
  );
begin
  if drop_feed_column."column" is null or drop_feed_column."column" <> all (v_names) or cardinality(v_names) = 1 then
    raise exception 'there is no column % of % to drop', quote_nullable(drop_feed_column."column"), v_feed.name
      using errcode = 'RM503', hint = 'one column must stay; they are ' || array_to_string(v_names, ', ');
  end if;
  perform chat.drop_room_views(v_feed.feed_id);
  delete from chat.feed_column as c where c.feed_id = v_feed.feed_id and c.column_name = drop_feed_column."column";
  execute format('alter table feed.%I drop column %I', v_feed.name, drop_feed_column."column");
  perform chat.rebuild_feed(
    v_feed.feed_id, format('the feed %s lost its column %s', v_feed.name, drop_feed_column."column")
  );
end
$$;
