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
-- For the shortest decimal that a float stands for.
set extra_float_digits = 1
as $$
begin
  insert into chat.execution (
    stream_seq, message, symbol, market, price, quantity, execution_epoch, state_symbol
  )
  select
    m.stream_seq, m.message, m.symbol, m.market, m.price::text::numeric, m.quantity::text::numeric, m.execution_epoch,
    m.state_symbol
  from unnest(
    p_stream_seq, p_message, p_symbol, p_market, p_price, p_quantity, p_execution_epoch, p_state_symbol
  ) as m(stream_seq, message, symbol, market, price, quantity, execution_epoch, state_symbol);
end
$$;
