-- The last sequence that was taken from a stream; 0, and a row to count in, for one never seen.
create or replace function chat.open_position(p_stream text, p_epoch text)
returns bigint
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into chat.feed_position (stream, epoch) values (p_stream, p_epoch) on conflict do nothing;
  return (select p.last_seq from chat.feed_position as p where p.stream = p_stream and p.epoch = p_epoch);
end
$$;
