-- How long a condition takes on the rows of a select. One that takes longer than allowed gets a second chance.
--
-- As in a router, with `filter (where …)`: in a WHERE clause of its own the planner would put what is cheap first and
-- leave out what is said twice.
create or replace function chat.time_condition(p_rows text, p_canonical text, p_allowed interval)
returns interval
language plpgsql
volatile
as $$
declare
  v_started timestamptz;
  v_took interval;
begin
  for i in 1..2 loop
    v_started := clock_timestamp();
    execute format('select count(*) filter (where %s) from (%s) as r', p_canonical, p_rows);
    v_took := least(v_took, clock_timestamp() - v_started);
    exit when v_took <= p_allowed or v_took > 5 * p_allowed;
  end loop;
  return v_took;
end
$$;
