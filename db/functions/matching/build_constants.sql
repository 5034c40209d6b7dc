-- Makes the table of a signature's constants for a form, with the filters that are routed, and its indexes.
--
-- p_most is for a trial with some of the filters. Without the log's lock: filters that are routed meanwhile are added
-- by whoever has it (use_form).
create or replace function chat.build_constants(p_signature_id integer, p_form text, p_most integer default null)
returns void
language plpgsql
volatile
as $$
declare
  v_table text := chat.constants_table(p_signature_id, p_form);
  v_signature chat.signature;
begin
  select s.* into v_signature from chat.signature as s where s.signature_id = p_signature_id;
  v_signature.adding := chat.write_adding(v_signature, p_form);
  execute format('drop table if exists %s', v_table);
  -- No plan is made anew because a table was analyzed: how to join is not the planner's choice (write_passes).
  execute (
    select format(
      'create table %s (_filter_id integer not null, %s%s) with (autovacuum_analyze_threshold = 2000000000, '
      'autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)',
      v_table, string_agg(c.definitions, ', ' order by n), case p_form when 'pairs' then ', _group_id integer' end
    )
    from generate_subscripts(v_signature.slots, 1) as n
    cross join lateral chat.slot_columns(v_signature, p_form, n, null) as c
  );
  if p_form = 'pairs' then
    perform chat.count_trigrams(v_signature);
  end if;
  perform chat.add_missing_constants(v_signature, p_form, p_most);
  execute (
    select string_agg(format('create index on %s (%s)', v_table, i.columns), '; ')
    from (
      values ('_filter_id')
      union all
      select c.indexed_by
      from generate_subscripts(v_signature.slots, 1) as n
      cross join lateral chat.slot_columns(v_signature, p_form, n, null) as c
    ) as i(columns)
    where i.columns is not null
  );
end
$$;
