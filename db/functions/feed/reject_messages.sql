-- Keeps messages of a stream that cannot be stored, with the reason; of a gap, its first and last sequence.
create or replace function chat.reject_messages(
  p_stream text,
  p_epoch text,
  p_first_seq bigint[],
  p_last_seq bigint[],
  p_subject text[],
  p_message bytea[],
  p_error text[]
)
returns void
language sql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
  insert into chat.feed_reject (stream, epoch, first_seq, last_seq, subject, message, error)
  select p_stream, p_epoch, r.first_seq, r.last_seq, r.subject, r.message, r.error
  from unnest(p_first_seq, p_last_seq, p_subject, p_message, p_error) as r(first_seq, last_seq, subject, message, error)
$$;
