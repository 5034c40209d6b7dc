-- Makes a room's views show what filters pass, null for a feed whose view stays as it is.
--
-- Waits only briefly for whoever reads one, if p_may_wait, and then raises lock_not_available; else returns false at
-- once. To be done before the log is locked: a reader of a view must not hold up feeds. Meanwhile new readers wait
-- behind us.
create or replace function chat.replace_room_views(
  p_room_id integer,
  p_feed_ids integer[],
  p_filter_ids integer[],
  p_may_wait boolean
)
returns boolean
language plpgsql
volatile
set lock_timeout = '200ms'
as $$
begin
  if not p_may_wait then
    perform set_config('lock_timeout', '10ms', true);
  end if;
  perform chat.create_room_view(p_room_id, w.feed_id, f.canonical)
  from unnest(p_feed_ids, p_filter_ids) as w(feed_id, filter_id)
  join chat.filter as f on f.filter_id = w.filter_id;
  return true;
exception
  when lock_not_available then
    if p_may_wait then
      raise;
    end if;
    return false;
end
$$;
