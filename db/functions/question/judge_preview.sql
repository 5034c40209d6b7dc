-- What comes of a clause that is asked about in a room: the condition, the reason against it, or the guard to prepare.
--
-- As in a FILTER (judge_request); SAME is the filter that the room has.
create or replace function chat.judge_preview(
  p_room_id integer,
  p_feed chat.feed,
  p_clause text,
  p_prepared text[],
  out canonical text,
  out warning text,
  out reason text,
  out reason_at integer,
  out guard text
)
language plpgsql
volatile
as $$
declare
  v_filter_id integer;
begin
  select j.filter_ids[1], j.reasons, j.place, j.guards[1]
  into v_filter_id, reason, reason_at, guard
  from chat.judge_request(array[p_feed.feed_id::integer], array[p_clause], p_prepared) as j;
  if num_nonnulls(reason, guard) > 0 then
    return;
  end if;
  if v_filter_id is null then
    select case f.state when 'suspended' then chat.trivial_filter(p_feed.feed_id, false) else f.filter_id end
    into v_filter_id
    from chat.room_filter as f
    where f.room_id = p_room_id and f.feed_id = p_feed.feed_id and f.state <> 'replaced';
  end if;
  v_filter_id := coalesce(v_filter_id, chat.trivial_filter(p_feed.feed_id, p_feed.default_clause = 'NONE'));
  select f.canonical, f.warning into canonical, warning from chat.filter as f where f.filter_id = v_filter_id;
end
$$;
