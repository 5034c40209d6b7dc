-- Adds a column, `name:type=path`, to a feed that was added; rows that are there have null in it.
--
-- Raises RM401, RM503, RM505.
create or replace function chat.add_feed_column(feed text, "column" text)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_feed chat.feed := chat.added_feed(add_feed_column.feed, 'given a column');
  v_columns text[] := (
    select
      array_agg(
        format('%s:%s=%s', c.column_name, chat.type_for_people(c.type_name), c.field_name) order by c.position
      )
    from chat.feed_column as c
    where c.feed_id = v_feed.feed_id and c.source = 'message'
  );
  v_column chat.feed_column;
begin
  select p.*
  into v_column
  from chat.plan_columns(v_feed, v_columns || add_feed_column."column") as p
  order by p.position desc
  limit 1;
  v_column.position := (select max(c.position) + 1 from chat.feed_column as c where c.feed_id = v_feed.feed_id);
  insert into chat.feed_column select v_column.*;
  execute format('alter table feed.%I add column %s', v_feed.name, chat.write_column(v_feed, v_column));
  perform chat.rebuild_feed(
    v_feed.feed_id, format('the feed %s has a new column, %s', v_feed.name, v_column.column_name)
  );
end
$$;
