-- Members' requests to set filters of their rooms, a clause per feed; of each all are applied or none. SAME keeps one.
--
-- Clause i is of request p_numbers[i], counted from 1. What a request's row holds tells what came of it:
--
-- - seq: that of the FILTERAPPLIED that the room gets, from which on the filters hold.
-- - refusal: the answer to the sender.
-- - guards: what the caller must prepare, by the request's feeds and null where none is needed, before it asks again
--   with those that it has prepared, p_prepared.
-- - nothing: the sender is no member; or the request was left, to be made again alone, since another one is about the
--   room, or, unless p_may_wait, since somebody is reading its view.
--
-- If it may wait, raises lock_not_available if the view is still read after a moment: try again.
create or replace function chat.set_room_filters(
  p_gateway_id integer,
  p_usernames text[],
  p_numbers integer[],
  p_feed_ids integer[],
  p_clauses text[],
  p_prepared text[] default '{}',
  p_may_wait boolean default true
)
returns table (number integer, seq bigint, refusal bytea, guards text[])
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
  v_request record;
  v_judged record;
  -- Of the requests that are accepted, and of their clauses.
  v_accepted integer[] := '{}';
  v_room_ids integer[] := '{}';
  v_usernames text[] := '{}';
  v_places integer[] := '{}';
  v_feed_ids integer[] := '{}';
  v_clauses text[] := '{}';
  v_filter_ids integer[] := '{}';
begin
  perform chat.admit_in_order(p_feed_ids, p_clauses) where cardinality(p_usernames) > 1;
  for v_request in
    select r.* from chat.list_filter_requests(p_usernames, p_numbers, p_feed_ids, p_clauses) as r order by r.number
  loop
    v_judged := chat.judge_filters(p_gateway_id, v_request.username, v_request.feed_ids, v_request.clauses, p_prepared);
    if v_judged.filter_ids is null
      or v_judged.room_id = any (v_room_ids)
      or not chat.replace_room_views(v_judged.room_id, v_request.feed_ids, v_judged.filter_ids, p_may_wait)
    then
      return query select v_request.number, null::bigint, v_judged.refusal, v_judged.guards;
    else
      v_accepted := v_accepted || v_request.number;
      v_room_ids := v_room_ids || v_judged.room_id::integer;
      v_usernames := v_usernames || v_request.username;
      v_places := v_places || array_fill(cardinality(v_accepted), array[cardinality(v_request.feed_ids)]);
      v_feed_ids := v_feed_ids || v_request.feed_ids;
      v_clauses := v_clauses || v_request.clauses;
      v_filter_ids := v_filter_ids || v_judged.filter_ids::integer[];
    end if;
  end loop;
  -- Before the log is locked; what was judged just now stays.
  perform chat.forget_verdicts(v_filter_ids);
  if v_judged.guards is not null and cardinality(p_usernames) = 1 then
    -- The words that are remembered are all that is written: nothing is lost with them but a little time.
    perform set_config('synchronous_commit', 'off', true);
  elsif v_accepted <> '{}' then
    return query select a.number, a.seq, null::bytea, null::text[] from unnest(
      v_accepted, chat.apply_room_filters(v_room_ids, v_usernames, v_places, v_feed_ids, v_clauses, v_filter_ids)
    ) as a(number, seq);
  end if;
end
$$;
