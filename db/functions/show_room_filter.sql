-- Makes a room's view show what an accepted clause passes, waiting only shortly for somebody who reads it.
--
-- Done before the log is locked: a reader of a view must not hold up feeds. Later readers queue behind us meanwhile.
create or replace function chat.show_room_filter(p_room_id integer, p_feed_id integer, p_clause text)
returns void
language plpgsql
volatile
set lock_timeout = '200ms'
as $$
begin
  perform chat.create_room_view(
    p_room_id,
    p_feed_id,
    (
      select f.canonical
      from chat.judge_clause(p_feed_id, p_clause) as v
      join chat.filter as f on f.filter_id = v.filter_id
    )
  );
end
$$;
