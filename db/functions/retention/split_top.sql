-- Bounds the partition that takes all keys above, and has a new one take these.
create or replace function chat.split_top(
  p_top chat.partition,
  p_until_key bigint,
  p_width bigint,
  p_is_unconstrained boolean
)
returns void
language plpgsql
volatile
as $$
declare
  v_new_id integer := (chat.add_partition(p_top.table_name)).partition_id;
begin
  perform chat.lock_log_briefly();
  execute format('alter table %s detach partition %s', p_top.table_name, p_top.part);
  if p_is_unconstrained then
    execute format('alter table %s drop constraint if exists within_bounds', p_top.part);
    execute format(
      'alter table %s add constraint within_bounds check (%s)',
      p_top.part, chat.bounds_condition(chat.partition_key(p_top.table_name), p_top.from_key, p_until_key)
    );
  end if;
  perform chat.attach_partition(p_top.partition_id, p_top.from_key, p_until_key);
  update chat.partition as p set width = p_width where p.partition_id = p_top.partition_id;
  perform chat.attach_partition(v_new_id, p_until_key, null);
end
$$;
