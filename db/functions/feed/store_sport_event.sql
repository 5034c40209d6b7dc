-- Stores rows of the sport feed; the table's triggers route them.
create or replace function chat.store_sport_event(
  p_stream_seq bigint[],
  p_message bytea[],
  p_sport integer[],
  p_match_title text[],
  p_data_event text[]
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into chat.sport_event (stream_seq, message, sport, match_title, data_event)
  select *
  from unnest(p_stream_seq, p_message, p_sport, p_match_title, p_data_event);
end
$$;
