-- The last sequence taken from a stream and when the stream got it, null if that is not known; 0 for one never seen.
create or replace function chat.open_position(
  p_stream text,
  p_epoch text,
  out last_seq bigint,
  out last_time timestamptz
)
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Before the first row is stored: somebody may have loaded a dump while no bridge ran.
  perform chat.continue_numbering(format('feed.%I', f.name)::regclass) from chat.feed as f where f.state <> 'removed';
  insert into chat.feed_position (stream, epoch) values (p_stream, p_epoch) on conflict do nothing;
  select p.last_seq, p.last_time
  into last_seq, last_time
  from chat.feed_position as p
  where p.stream = p_stream and p.epoch = p_epoch;
end
$$;
