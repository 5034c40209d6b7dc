-- Suspends a filter that raised or was too slow in every room where it is in force, and tells those rooms why.
--
-- The caller generates the router anew.
create or replace function chat.suspend_filter(p_filter_id integer, p_error text)
returns void
language plpgsql
volatile
as $$
declare
  v record;
begin
  with suspended as (
    update chat.room_filter as f
    set state = 'suspended', reason = p_error
    where f.filter_id = p_filter_id and f.state = 'in force'
    returning f.room_id, f.set_by, f.clause
  )
  select
    array_agg(s.room_id order by s.room_id) as room_ids, array_agg(s.set_by order by s.room_id) as set_by,
    array_agg(format('the filter %s was set aside: %s; set another', s.clause, p_error) order by s.room_id) as reasons
  into v
  from suspended as s;
  if v.room_ids is not null then
    perform chat.regroup_rooms(v.room_ids);
    perform chat.log_statuses('FILTERSUSPENDED', v.set_by, v.room_ids, v.reasons);
  end if;
end
$$;
