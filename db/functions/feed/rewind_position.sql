-- Goes back to a sequence of a stream that lost its end: the messages that follow are new, under numbers of lost ones.
create or replace function chat.rewind_position(p_stream text, p_epoch text, p_last_seq bigint)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  update chat.feed_position as p
  set last_seq = p_last_seq, last_time = null
  where p.stream = p_stream and p.epoch = p_epoch and p.last_seq > p_last_seq
$$;
