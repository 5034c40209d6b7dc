-- Notes on which timeline messages are numbered from here on. If the server was promoted meanwhile and its predecessor's
-- commits did not wait for a standby, it may lack the last messages: the numbers that they may have are passed over.
--
-- A lower timeline than the one known is that of another server, made by pg_upgrade or by a restored dump (restored.sql).
-- The caller holds the log's lock.
create or replace function chat.follow_timeline()
returns void
language plpgsql
volatile
as $$
declare
  v_known chat.timeline := (select t from chat.timeline as t);
begin
  if chat.present_timeline() > v_known.number and not v_known.is_synchronous then
    perform chat.pass_over_numbers();
  end if;
  update chat.timeline as t set number = chat.present_timeline(), is_synchronous = chat.is_synchronous();
end
$$;
