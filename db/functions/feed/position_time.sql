-- When a stream got the last message that was taken of it; null if that is not known.
create or replace function chat.position_time(p_stream text, p_epoch text)
returns timestamptz
language sql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
  select p.last_time from chat.feed_position as p where p.stream = p_stream and p.epoch = p_epoch
$$;
