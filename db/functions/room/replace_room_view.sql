-- Makes a room's view show what a filter passes, waiting only shortly for somebody who reads it.
--
-- Done before the log is locked: a reader of a view must not hold up feeds. Later readers queue behind us meanwhile.
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
