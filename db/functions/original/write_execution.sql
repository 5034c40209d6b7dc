-- What is done to the view public.execution is done to chat.execution; nothing of it is announced.
--
-- As write_sport_event does it, for the same reason.
create or replace function chat.write_execution()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_routed text := current_setting('chat.is_routed', true);
begin
  if tg_op = 'DELETE' then
    delete from chat.execution as e where e.execution_id = old.execution_id;
    return old;
  end if;
  if greatest(octet_length(new.symbol), octet_length(new.market), octet_length(new.state_symbol)) > 4096 then
    perform chat.check_column_bytes('symbol', new.symbol, 4096);
    perform chat.check_column_bytes('market', new.market, 4096);
    perform chat.check_column_bytes('state_symbol', new.state_symbol, 4096);
  end if;
  if tg_op = 'UPDATE' then
    update chat.execution as e
    set
      (execution_id, timetag, symbol, market, price, quantity, execution_epoch, state_symbol) = (
        new.execution_id, new.timetag, new.symbol, new.market, new.price, new.quantity, new.execution_epoch,
        new.state_symbol
      ),
      -- Made anew for another content.
      message = case
        when (new.symbol, new.market, new.price, new.quantity, new.execution_epoch, new.state_symbol)
          is not distinct from (old.symbol, old.market, old.price, old.quantity, old.execution_epoch, old.state_symbol)
        then e.message
      end
    where e.execution_id = old.execution_id;
    return new;
  end if;
  new.execution_id := coalesce(new.execution_id, nextval('public.execution_execution_id_seq'));
  new.timetag := coalesce(new.timetag, floor(extract(epoch from clock_timestamp()))::bigint);
  perform set_config('chat.is_routed', 'off', true);
  insert into chat.execution (
    execution_id, timetag, symbol, market, price, quantity, execution_epoch, state_symbol
  ) values (
    new.execution_id, new.timetag, new.symbol, new.market, new.price, new.quantity, new.execution_epoch,
    new.state_symbol
  );
  perform set_config('chat.is_routed', coalesce(v_routed, ''), true);
  return new;
end
$$;
