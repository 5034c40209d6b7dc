-- How many microseconds a select takes without planning it: the shortest of five times.
create or replace function chat.time_select(p_query text)
returns double precision
language plpgsql
volatile
as $$
declare
  v_plan json;
  v_least double precision;
begin
  for i in 1..5 loop
    execute 'explain (analyze, timing off, format json) ' || p_query into v_plan;
    v_least := least(v_least, 1000 * (v_plan -> 0 ->> 'Execution Time')::double precision);
  end loop;
  return v_least;
end
$$;
