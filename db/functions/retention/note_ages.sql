-- Notes which partitions of a table have rows, and which get no more. p_next is the key that comes next.
create or replace function chat.note_ages(p_table regclass, p_next bigint, p_now timestamptz)
returns void
language plpgsql
volatile
as $$
declare
  v_partition chat.partition;
  v_has_rows boolean;
begin
  for v_partition in
    select p.*
    from chat.partition as p
    where p.table_name = p_table
      and p.began_at is null
      and p.detached_at is null
      and coalesce(p.from_key <= p_next, true)
  loop
    execute format('select exists (select from %s)', v_partition.part) into v_has_rows;
    if v_has_rows then
      update chat.partition as p set began_at = p_now where p.partition_id = v_partition.partition_id;
    end if;
  end loop;
  -- A dump of the original may be loaded, whose rows have low keys. Somebody may set a sequence back, too. Counters
  -- that are lower than they were began anew, as after a crash.
  update chat.partition as p
  set
    filled_at = case
      when p.until_key <= p_next and p.rows_then >= pg_stat_get_tuples_inserted(p.part) then p.filled_at
      when p.until_key <= p_next then p_now
    end,
    rows_then = pg_stat_get_tuples_inserted(p.part)
  where p.table_name = p_table
    and p.detached_at is null
    and case
      when p.until_key <= p_next then p.filled_at is null or p.rows_then <> pg_stat_get_tuples_inserted(p.part)
      else p.filled_at is not null
    end;
end
$$;
