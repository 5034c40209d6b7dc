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
  v_likeness text;
begin
  if v_group_id is null then
    v_likeness := chat.likeness(p_filter_ids);
    v_group_id := chat.take_group_number(chat.choose_block(v_likeness));
    insert into chat.room_group (group_id, filter_ids, likeness) values (v_group_id, p_filter_ids, v_likeness);
  end if;
  return v_group_id;
end
$$;
