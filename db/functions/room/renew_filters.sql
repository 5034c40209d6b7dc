-- Judges filters in force anew, and makes views that are missing: those that an earlier version of the language took,
-- or all of a feed whose columns changed.
--
-- Rooms whose filter reads otherwise in Postgres's words now, or is refused and so suspended, are told. Returns a row
-- for each such clause, for `migrate` to say. There is no guard: a clause in force passed it when it was set.
--
-- The path is pinned, since views are made here of canonical texts.
create or replace function chat.renew_filters(
  p_feed_id integer default null,
  p_reason text default 'the filters were judged anew after an upgrade of the server'
)
returns table (feed text, clause text, before text, canonical text, reason text, room_ids integer[])
language plpgsql
volatile
set search_path = pg_catalog, pg_temp
set standard_conforming_strings = on
as $$
declare
  v_changed_rooms integer[] := '{}';
  v_old record;
  v_new_id integer;
begin
  -- The verdicts are remembered, so that the log, and with it the feeds, is not held up while they are made.
  perform chat.judge_clause(o.feed_id, o.clause) from chat.list_outdated_filters(p_feed_id) as o;
  perform chat.lock_log();
  for v_old in
    select o.*, e.name from chat.list_outdated_filters(p_feed_id) as o join chat.feed as e on e.feed_id = o.feed_id
  loop
    select j.filter_id, j.reason into v_new_id, reason from chat.judge_clause(v_old.feed_id, v_old.clause) as j;
    continue when v_new_id = v_old.filter_id;
    if v_new_id is null then
      perform chat.suspend_filter(v_old.filter_id, reason);
    else
      perform chat.put_filters_in_force(
        array_agg(i), array_agg(v_old.feed_id), array_agg(v_new_id), array_agg(v_old.clause), array_agg(v_old.set_by)
      )
      from unnest(v_old.room_ids) as i;
      v_changed_rooms := v_changed_rooms || v_old.room_ids;
    end if;
    feed := v_old.name;
    clause := v_old.clause;
    before := v_old.canonical;
    canonical := (select f.canonical from chat.filter as f where f.filter_id = v_new_id);
    room_ids := v_old.room_ids;
    return next;
  end loop;
  v_changed_rooms := array(select distinct i from unnest(v_changed_rooms) as i order by 1);
  perform
    chat.regroup_rooms(v_changed_rooms),
    chat.log_statuses(
      'FILTERAPPLIED', null, v_changed_rooms, array_fill(p_reason, array[cardinality(v_changed_rooms)])
    );
  perform chat.restore_room_views();
end
$$;
