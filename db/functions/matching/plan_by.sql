-- Has the planner join as a form of matching needs it, to the end of the transaction; null is as it likes.
create or replace function chat.plan_by(p_form text)
returns void
language plpgsql
volatile
as $$
begin
  perform set_config(s.name, case when p_form = s.unwanted_by then 'off' else 'on' end, true)
  from (
    values
      ('enable_hashjoin', 'pairs'), ('enable_mergejoin', 'pairs'), ('enable_seqscan', 'pairs'),
      ('enable_bitmapscan', 'pairs'), ('enable_nestloop', 'bitmaps')
  ) as s(name, unwanted_by);
end
$$;
