-- Sees to it that the ids of a table of the original go on behind the newest row, whoever chose that row's id.
--
-- A dump of the original sets the sequences, also back to 1 for a table that was empty there. An id given twice would
-- have the bridge reject the row that gets it.
create or replace function chat.continue_numbering(p_table text)
returns void
language plpgsql
volatile
as $$
declare
  v_key text := p_table || '_id';
  v_sequence text := format('public.%I', p_table || '_' || v_key || '_seq');
  v_newest bigint;
  v_query text := format(
    'select m.newest from %s as s cross join (select max(t.%I) as newest from chat.%I as t) as m '
    'where m.newest > s.last_value - (not s.is_called)::integer',
    v_sequence, v_key, p_table
  );
begin
  execute v_query into v_newest;
  if v_newest is null then
    return;
  end if;
  -- Nobody takes an id between the second look and the new start.
  execute format('lock table chat.%I in share row exclusive mode', p_table);
  execute v_query into v_newest;
  if v_newest is not null then
    perform setval(v_sequence::regclass, v_newest);
  end if;
end
$$;
