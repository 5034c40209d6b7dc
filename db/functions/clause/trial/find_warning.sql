-- What the writer of a condition had better know though it is allowed: that it can never be true, most of all; or null.
create or replace function chat.find_warning(p_feed_id integer, p_canonical text)
returns text
language plpgsql
volatile
set constraint_exclusion = on
as $$
declare
  v_plan json;
  v_warning text;
begin
  if p_canonical in ('true', 'false') then
    return null;
  elsif position('<> ALL (ARRAY[' in p_canonical) > 0 and chat.excludes_null(p_canonical) then
    return 'it can never be true: NOT IN with NULL among its values never is; leave NULL out';
  end if;
  v_warning := chat.find_impossible_part(p_feed_id, p_canonical);
  if v_warning is not null then
    return v_warning;
  end if;
  -- Postgres's planner sees comparisons with NULL, and parts that exclude each other.
  execute format('explain (format json) %s where %s', chat.candidate_select(p_feed_id), p_canonical) into v_plan;
  if v_plan -> 0 -> 'Plan' ->> 'One-Time Filter' = 'false' then
    return case
      when p_canonical ~ '(=|<|>|~~|~~\*) NULL|NULL::[a-z ]+ (=|<|>|!|~)|^NULL'
        then 'it can never be true: nothing is = or <> NULL; write IS NULL or IS NOT NULL'
      else 'it can never be true: its parts exclude each other'
    end;
  end if;
  if position('::real' in p_canonical) > 0 and p_canonical ~ '::real\M' then
    return 'a real is not 99.99 but near it, so = 99.99 is never true; leave the cast out';
  end if;
  return null;
end
$$;
