-- Why a condition can never be true, so that its writer is warned; null if it may be, or nobody can tell.
--
-- Postgres's planner sees most of it: comparisons with NULL, and parts that exclude each other.
create or replace function chat.find_contradiction(p_feed_id integer, p_canonical text)
returns text
language plpgsql
volatile
as $$
declare
  v_plan json;
begin
  if p_canonical in ('true', 'false') then
    return null;
  end if;
  if chat.excludes_null(p_canonical) then
    return 'it can never be true: NOT IN with NULL among its values never is; leave NULL out';
  end if;
  -- For parts that exclude each other. The caller rolls it back.
  perform set_config('constraint_exclusion', 'on', true);
  execute format('explain (format json) %s where %s', chat.candidate_select(p_feed_id), p_canonical) into v_plan;
  if v_plan -> 0 -> 'Plan' ->> 'One-Time Filter' = 'false' then
    return 'it can never be true: '
      || case
        when p_canonical ~ '\mNULL\M' then 'nothing is = or <> NULL; write IS NULL or IS NOT NULL'
        else 'its parts exclude each other'
      end;
  end if;
  return null;
end
$$;
