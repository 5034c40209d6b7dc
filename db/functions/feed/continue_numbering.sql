-- Sees to it that the ids of a table go on behind the newest row, whoever chose that row's id, and behind what is gone.
--
-- A dump of the original sets the sequences, also back to 1 for a table that was empty there. An id given twice would
-- have the bridge reject the row that gets it.
create or replace function chat.continue_numbering(p_table regclass)
returns void
language plpgsql
volatile
as $$
declare
  v_sequence text := chat.key_sequence(p_table);
  v_newest bigint;
  v_query text := format(
    'select m.newest from %s as s cross join (select greatest(max(t.%I), %s) as newest from %s as t) as m '
    'where m.newest > s.last_value - (not s.is_called)::integer',
    v_sequence, (select c.relname from pg_class as c where c.oid = p_table) || '_id',
    coalesce((select b.gone_until - 1 from chat.bounded_table as b where b.table_name = p_table), 0), p_table
  );
begin
  execute v_query into v_newest;
  if v_newest is null then
    return;
  end if;
  -- Nobody takes an id between the second look and the new start.
  execute format('lock table %s in share row exclusive mode', p_table);
  execute v_query into v_newest;
  if v_newest is not null then
    perform setval(v_sequence::regclass, v_newest);
  end if;
end
$$;
