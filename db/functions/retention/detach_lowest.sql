-- Takes the lowest partition of a table away, and notes for each room from where on nothing is gone.
--
-- The next one takes all keys below from then on. What takes long is done before anybody has to wait.
create or replace function chat.detach_lowest(p_lowest chat.partition, p_now timestamptz, p_why text)
returns void
language plpgsql
volatile
as $$
declare
  v_next chat.partition;
begin
  insert into chat.room_kept as k (room_id, kept_from, since)
  select s.room_id, s.kept_from, p_now from chat.list_shortened_rooms(p_lowest) as s
  on conflict (room_id) do update
  set kept_from = excluded.kept_from, since = excluded.since
  where k.kept_from < excluded.kept_from;
  if p_lowest.table_name = 'chat.room_log'::regclass then
    perform chat.carry_stretches(p_lowest.part);
    perform chat.forget_former_filters(p_lowest.part);
  end if;
  select p.* into v_next
  from chat.partition as p
  where p.table_name = p_lowest.table_name and p.from_key = p_lowest.until_key;

  perform chat.lock_log_briefly();
  execute format('alter table %s detach partition %s', p_lowest.table_name, p_lowest.part);
  execute format('alter table %s detach partition %s', p_lowest.table_name, v_next.part);
  execute format('alter table %s drop constraint if exists above_start', v_next.part);
  perform chat.attach_partition(v_next.partition_id, null, v_next.until_key);
  update chat.partition as p set detached_at = p_now where p.partition_id = p_lowest.partition_id;
  update chat.bounded_table as t
  set gone_until = p_lowest.until_key, gone_at = p_now, gone_why = p_why
  where t.table_name = p_lowest.table_name;
end
$$;
