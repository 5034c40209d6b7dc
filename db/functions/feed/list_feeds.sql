-- What a gateway needs to know of feeds: how to wrap their messages for clients, where the filter is, what columns are.
--
-- Those that were removed, too: rooms got rows of them.
create or replace function chat.list_feeds()
returns table (
  feed_id smallint,
  name text,
  msgtype smallint,
  message_field smallint,
  filter_field smallint,
  channel text,
  default_clause text,
  is_removed boolean,
  column_names text[],
  column_types text[]
)
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select
    f.feed_id, f.name, f.msgtype, f.message_field, f.filter_field, chat.feed_channel(f.feed_id), f.default_clause,
    f.state = 'removed', c.names, c.types
  from chat.feed as f
  cross join lateral (
    select
      array_agg(o.column_name order by o.position) as names,
      array_agg(chat.type_for_people(o.type_name) order by o.position) as types
    from chat.feed_column as o
    where o.feed_id = f.feed_id
  ) as c
  order by f.feed_id
$$;
