-- The feed with this name, if operators may change it, under the log's lock. Raises RM401, or RM505 for one of ours.
create or replace function chat.added_feed(p_name text, p_what text)
returns chat.feed
language plpgsql
volatile
as $$
declare
  v_feed chat.feed := chat.find_feed(p_name);
begin
  if v_feed.message_field is not null then
    raise exception 'the feed % cannot be %: clients of the original know it', p_name, p_what
      using errcode = 'RM505', hint = format('it can be paused: select pause_feed(%L)', p_name);
  end if;
  perform chat.lock_log();
  return v_feed;
end
$$;
