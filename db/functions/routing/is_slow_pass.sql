-- Whether the pass over all filters took so long for a batch that one of them must be to blame.
--
-- In PL/pgSQL, which keeps its plan.
create or replace function chat.is_slow_pass(p_took interval, p_filters integer, p_rows integer)
returns boolean
language plpgsql
stable
as $$
begin
  -- Ten times what a comparison takes, for each filter and row.
  return (
    select p_took > s.max_pass_time + p_filters::double precision * p_rows * interval '1 microsecond' / 5
    from chat.setting as s
  );
end
$$;
