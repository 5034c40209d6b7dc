-- Gives a partitioned table that was just made its first partition, which takes all keys.
create or replace function chat.bound_new_table(p_table regclass, p_family text, p_feed_id smallint)
returns void
language plpgsql
volatile
as $$
begin
  insert into chat.bounded_table (table_name, family, feed_id, numbered_by)
  values (p_table, p_family, p_feed_id, chat.key_sequence(p_table)::regclass);
  perform chat.attach_partition((chat.add_partition(p_table)).partition_id, null, null);
end
$$;
