-- Counts a run of a stream's sequences as taken, in the transaction that stores their messages.
--
-- p_last_time is when the stream got the last of them; null if that is not known.
create or replace function chat.advance_position(
  p_stream text,
  p_epoch text,
  p_first_seq bigint,
  p_last_seq bigint,
  p_last_time timestamptz
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  -- Before anything else, so that locks are taken in the same order everywhere.
  perform chat.lock_log();
  -- The inserts that follow need not take it again, each for its feed.
  perform set_config('chat.is_log_locked', 'on', true);
  update chat.feed_position as p
  set last_seq = p_last_seq, last_time = p_last_time
  where p.stream = p_stream and p.epoch = p_epoch and p.last_seq = p_first_seq - 1;
  if not found then
    raise exception 'the position of stream % is not %: somebody else took what follows', p_stream, p_first_seq - 1
      using errcode = 'RM301', hint = 'open the position again and read on from there';
  end if;
end
$$;
