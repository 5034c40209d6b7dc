-- Bounds the partition that takes all keys above, and has a new one take these.
--
-- Constraints say where the keys of each are, so that Postgres need not read its rows whenever it is attached.
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
  v_new chat.partition := chat.add_partition(p_top.table_name);
begin
  execute format(
    'alter table %s add constraint above_start check (%I >= %s)',
    v_new.part, chat.partition_key(p_top.table_name), p_until_key
  );
  perform chat.lock_log_briefly();
  execute format('alter table %s detach partition %s', p_top.table_name, p_top.part);
  if p_is_unconstrained then
    execute format('alter table %s drop constraint if exists below_end', p_top.part);
    execute format(
      'alter table %s add constraint below_end check (%I < %s)',
      p_top.part, chat.partition_key(p_top.table_name), p_until_key
    );
  end if;
  perform chat.attach_partition(p_top.partition_id, p_top.from_key, p_until_key);
  update chat.partition as p set width = p_width where p.partition_id = p_top.partition_id;
  perform chat.attach_partition(v_new.partition_id, p_until_key, null);
end
$$;
