-- Makes room_filter.room_<id>_<feed> show the stored rows that a canonical filter passes.
--
-- Waits for everybody who reads the view, and locks it until the transaction ends. `is true` keeps the condition in one
-- piece: of parts joined by AND the planner would put the cheap ones first, and one might raise that another guards.
create or replace function chat.create_room_view(p_room_id integer, p_feed_id integer, p_canonical text)
returns void
language plpgsql
volatile
as $$
declare
  v_feed chat.feed;
begin
  select f.* into v_feed from chat.feed as f where f.feed_id = p_feed_id;
  execute format(
    'create or replace view room_filter.%I as select %I, %s%s from feed.%I where (%s) is true',
    'room_' || p_room_id || '_' || v_feed.name,
    v_feed.key_column,
    case when v_feed.message_field is not null then 'timetag, ' end,
    chat.column_list(p_feed_id),
    v_feed.name,
    p_canonical
  );
end
$$;
