-- The feed message of a row that is stored without one, as a publisher would have sent it; for the two feeds there are.
--
-- The bridge stores messages as they arrived, so this never runs for its rows. The numbers are those of proto/.
create or replace function chat.make_message()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  if tg_table_name = 'sport_event' then
    new.message := chat.encode_number(1, new.sport)
      || chat.encode_text(2, new.match_title)
      || chat.encode_text(3, new.data_event);
  else
    new.message := chat.encode_text(1, new.symbol)
      || chat.encode_text(2, new.market)
      || chat.encode_float(3, new.price::real)
      || chat.encode_float(4, new.quantity::real)
      || chat.encode_number(5, new.execution_epoch)
      || chat.encode_text(6, new.state_symbol);
  end if;
  return new;
end
$$;

create or replace trigger make_message
before insert or update on chat.sport_event
for each row when (new.message is null) execute function chat.make_message();

create or replace trigger make_message
before insert or update on chat.execution
for each row when (new.message is null) execute function chat.make_message();
