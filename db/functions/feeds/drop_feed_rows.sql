-- Drops the table of a removed feed and all that tells of it. Rooms that got rows of it begin a new history.
--
-- Their logs keep the places: numbers go on, and nobody is given what is not there any more. The caller holds the log's
-- lock.
create or replace function chat.drop_feed_rows(p_feed chat.feed)
returns void
language plpgsql
volatile
as $$
begin
  update chat.room as r
  set log_from = chat.newest_seq(r.room_id) + 1
  where exists (
    select
    from chat.room_log as o
    join chat.block_log as l
      on l.block_id = chat.block_of(o.group_id) and chat.index_in_block(o.group_id) = any (l.indexes)
    join chat.feed_batch as b on b.batch_id = l.batch_id
    where o.room_id = r.room_id and b.feed_id = p_feed.feed_id
  );
  perform chat.release_table(format('feed.%I', p_feed.name)::regclass);
  execute format('drop table feed.%I', p_feed.name);
  execute format('drop function if exists feed.%I()', 'encode_' || p_feed.name);
  delete from chat.room_filter as f where f.feed_id = p_feed.feed_id;
  delete from chat.filter_verdict as v where v.feed_id = p_feed.feed_id;
  delete from chat.room_group_filter as s
  using chat.filter as f
  where f.filter_id = s.filter_id and f.feed_id = p_feed.feed_id;
  delete from chat.filter as f where f.feed_id = p_feed.feed_id;
  delete from chat.feed_column as c where c.feed_id = p_feed.feed_id;
  delete from chat.feed as f where f.feed_id = p_feed.feed_id;
end
$$;
