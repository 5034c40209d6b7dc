-- Makes a room's view show what a filter passes; waits only briefly for whoever reads it.
--
-- To be done before the log is locked: a reader of a view must not hold up feeds. Meanwhile new readers wait behind us.
create or replace function chat.replace_room_view(p_room_id integer, p_feed_id integer, p_filter_id integer)
returns void
language plpgsql
volatile
set lock_timeout = '200ms'
as $$
begin
  perform chat.create_room_view(
    p_room_id, p_feed_id, (select f.canonical from chat.filter as f where f.filter_id = p_filter_id)
  );
end
$$;
