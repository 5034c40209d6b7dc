-- The original's execution: its columns, and texts that compare by the database's locale, as there.
create or replace view public.execution as
select
  e.execution_id,
  e.timetag,
  (e.symbol collate "default")::varchar as symbol,
  (e.market collate "default")::varchar as market,
  e.price,
  e.quantity,
  e.execution_epoch,
  (e.state_symbol collate "default")::varchar as state_symbol
from feed.execution as e;

comment on view public.execution is
  'feed.execution as the original service had it; what is inserted here is stored and goes to no room';

create or replace trigger write
instead of insert or update or delete on public.execution
for each row execute function feed.write_execution();

create or replace trigger number_on
after insert or update on public.execution
for each statement execute function chat.number_on();
