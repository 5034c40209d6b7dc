-- What each of some filters of a feed passes of new rows, one after the other, each by itself: see match_filter.
--
-- p_is_slow: some filter is known to be slow, so each is held to max_match_time. If a time limit of the statement comes
-- while one runs, that is not its fault yet: it is tried again, and it and those after it are held to their time.
create or replace function chat.match_each_filter(
  p_feed_id integer,
  p_row_ids bigint[],
  p_filter_ids integer[],
  p_is_slow boolean
)
returns table (filter_id integer, bits bytea, took interval, error text, was_canceled boolean)
language plpgsql
volatile
as $$
declare
  v_max_time interval := (select s.max_match_time from chat.setting as s);
  v_is_slow boolean := p_is_slow;
  v_filter record;
  v_match record;
begin
  for v_filter in
    select f.filter_id as id, f.canonical
    from chat.filter as f
    where f.filter_id = any (p_filter_ids)
    order by f.filter_id
  loop
    v_match := chat.match_filter(p_feed_id, p_row_ids, v_filter.canonical, case when v_is_slow then v_max_time end);
    was_canceled := v_match.was_canceled;
    if was_canceled then
      v_is_slow := true;
      v_match := chat.match_filter(p_feed_id, p_row_ids, v_filter.canonical, v_max_time);
    end if;
    filter_id := v_filter.id;
    bits := v_match.bits;
    took := v_match.took;
    error := v_match.error;
    return next;
  end loop;
end
$$;
