-- Stores rows of the trade feed; the table's triggers route them.
create or replace function chat.store_execution(
  p_stream_seq bigint[],
  p_message bytea[],
  p_symbol text[],
  p_market text[],
  p_price real[],
  p_quantity real[],
  p_execution_epoch bigint[],
  p_state_symbol text[]
)
returns void
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  insert into chat.execution (
    stream_seq, message, symbol, market, price, quantity, execution_epoch, state_symbol
  )
  select *
  from unnest(p_stream_seq, p_message, p_symbol, p_market, p_price, p_quantity, p_execution_epoch, p_state_symbol);
end
$$;
