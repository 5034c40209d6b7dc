-- Adds a feed to the running system: its table, its columns, its filters NONE and ALL, its router; its number.
--
-- columns are texts `name:type=path`, without a path for one that is called as its field; message_type and descriptor,
-- a FileDescriptorSet, are for protobuf. Every feed has the columns subject and received_at besides. Bridge and
-- gateways hear of it at once; rooms have ALL of it until somebody sets a filter. Raises RM5… and says what to write.
create or replace function chat.add_feed(
  name text,
  subject text,
  format text default 'json',
  columns text[] default '{}',
  message_type text default null,
  descriptor bytea default null
)
returns integer
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
  v_feed chat.feed;
begin
  perform chat.check_feed(add_feed.name, add_feed.subject, add_feed.format, add_feed.message_type, add_feed.descriptor);
  insert into chat.feed (name, subject, format, message_type, descriptor, msgtype)
  values (
    add_feed.name, add_feed.subject, add_feed.format, add_feed.message_type, add_feed.descriptor, chat.msgtype('FEED')
  )
  returning * into v_feed;
  insert into chat.feed_column select * from chat.plan_columns(v_feed, add_feed.columns);
  insert into chat.filter (feed_id, canonical, canonical_hash)
  select v_feed.feed_id, t, chat.text_hash(t) from unnest(array['true', 'false']) as t;
  insert into chat.router (feed_id) values (v_feed.feed_id);

  execute chat.write_table(v_feed);
  perform chat.bound_new_table(format('feed.%I', v_feed.name)::regclass, 'feed', v_feed.feed_id);
  perform chat.build_feed(v_feed.feed_id);
  perform chat.lock_log();
  perform chat.refresh_router(v_feed.feed_id);
  perform pg_notify(chat.feeds_channel(), v_feed.name);
  return v_feed.feed_id;
end
$$;
