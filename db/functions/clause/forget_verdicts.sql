-- Forgets the oldest verdicts that are past their time or too many, and filters that only they knew.
--
-- Called after each request with verdicts, and takes a few each time, so there are never many more than allowed. Not
-- before the request is judged: what it was about to use may be the oldest; the filters that it is yet to use are
-- p_kept_ids. Rows that others hold are left to a later call: nobody waits for anybody here.
create or replace function chat.forget_verdicts(p_kept_ids integer[] default '{}')
returns void
language plpgsql
volatile
as $$
declare
  v_setting chat.setting;
  v_filter_ids integer[];
  v_newest_id bigint;
  v_oldest_ids bigint[];
begin
  select s.* into v_setting from chat.setting as s;
  v_newest_id := (select max(v.verdict_id) from chat.filter_verdict as v);
  -- Mostly nothing is to be forgotten: then no more is read than the oldest one.
  if not exists (
    select
    from (
      select v.verdict_id, v.decided_at from chat.filter_verdict as v order by v.verdict_id limit 1
    ) as oldest
    where oldest.verdict_id <= v_newest_id - v_setting.max_verdicts
      or oldest.decided_at < clock_timestamp() - v_setting.verdict_memory
  ) then
    return;
  end if;
  v_oldest_ids := array(select v.verdict_id from chat.filter_verdict as v order by v.verdict_id limit 20);
  with old as materialized (
    select v.verdict_id
    from chat.filter_verdict as v
    where v.verdict_id = any (v_oldest_ids)
      and (
        v.verdict_id <= v_newest_id - v_setting.max_verdicts
        or v.decided_at < clock_timestamp() - v_setting.verdict_memory
      )
    for update skip locked
  ),
  forgotten as (
    delete from chat.filter_verdict as v using old as o where v.verdict_id = o.verdict_id returning v.filter_id
  )
  select array_agg(distinct f.filter_id) into v_filter_ids from forgotten as f where f.filter_id is not null;
  if v_filter_ids is null then
    return;
  end if;

  with unused as materialized (
    select f.filter_id
    from chat.filter as f
    where f.filter_id = any (v_filter_ids)
      and f.canonical not in ('true', 'false')
      and array_position(p_kept_ids, f.filter_id) is null
      and not exists (select from chat.filter_verdict as v where v.filter_id = f.filter_id)
      and not exists (select from chat.room_filter as r where r.filter_id = f.filter_id)
    for update skip locked
  )
  delete from chat.filter as f using unused as u where f.filter_id = u.filter_id;
exception
  when foreign_key_violation then
    -- A room took one of the filters between our look and our lock.
    null;
end
$$;
