-- Does the next thing that keeps the tables bounded: makes a partition ahead, or has one go that is beyond the limits.
--
-- To be called every few seconds, and at once again if it returns what it did. One call does one thing, so that nobody
-- waits for more than that; null: there is nothing to do, or somebody else is at it. What would have others wait is
-- tried again the next time. p_now is for tests.
create or replace function chat.keep_bounded(p_now timestamptz default clock_timestamp())
returns text
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  v_limit record;
  v_next bigint;
  v_done text;
begin
  if not pg_try_advisory_xact_lock(chat.lock_class('retention'), 0) then
    return null;
  end if;
  perform set_config('lock_timeout', '20ms', true);
  -- In any order, so that a table which needs much does not keep the others from what they need.
  for v_limit in select l.* from chat.list_limits() as l order by random() loop
    v_next := chat.next_key(v_limit.numbered_by);
    perform chat.note_ages(v_limit.table_name, v_next, p_now);
    begin
      v_done := coalesce(
        chat.drop_detached(v_limit.table_name),
        chat.drop_excess(v_limit.table_name, p_now, v_limit.keep_for, v_limit.keep_bytes),
        chat.extend_table(v_limit.table_name, v_next, p_now, v_limit.step_for, v_limit.step_bytes),
        chat.pass_on(
          v_limit.table_name, v_limit.numbered_by, v_next, p_now, v_limit.step_for, v_limit.step_bytes
        )
      );
      update chat.bounded_table as t
      set waits_since = null, waits_why = null
      where t.table_name = v_limit.table_name and t.waits_since is not null;
    exception
      when lock_not_available or deadlock_detected then
        update chat.bounded_table as t
        set waits_since = p_now
        where t.table_name = v_limit.table_name and t.waits_since is null;
        -- Not the next table before the locks that this one needed are given back.
        return null;
      when others then
        -- As a row under a key that nobody gave. The others are kept bounded all the same.
        update chat.bounded_table as t
        set waits_since = coalesce(t.waits_since, p_now), waits_why = sqlerrm
        where t.table_name = v_limit.table_name;
    end;
    exit when v_done is not null;
  end loop;
  return v_done;
end
$$;
