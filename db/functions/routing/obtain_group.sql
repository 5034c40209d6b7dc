-- The group of rooms with these filters, one per feed in the order of the feeds; it is made if there is none.
--
-- The caller holds the log's lock.
create or replace function chat.obtain_group(p_filter_ids integer[])
returns integer
language plpgsql
volatile
as $$
declare
  v_group_id integer := (select g.group_id from chat.room_group as g where g.filter_ids = p_filter_ids);
begin
  if v_group_id is null then
    insert into chat.room_group (filter_ids) values (p_filter_ids) returning group_id into v_group_id;
  end if;
  return v_group_id;
end
$$;
