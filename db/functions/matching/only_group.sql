-- The group that alone is routed with a filter; null if several are.
create or replace function chat.only_group(p_filter_id integer)
returns integer
language sql
stable
as $$
  select case when count(*) = 1 then min(f.group_id) end
  from chat.room_group_filter as f
  where f.filter_id = p_filter_id
$$;
