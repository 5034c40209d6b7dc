-- Suspends a filter that raised or was too slow in every room where it is in force, and tells those rooms why.
--
-- The caller generates the router anew.
create or replace function chat.suspend_filter(p_filter_id integer, p_error text)
returns void
language plpgsql
volatile
as $$
declare
  v_room_filter record;
begin
  for v_room_filter in
    update chat.room_filter as f
    set state = 'suspended', reason = p_error
    where f.filter_id = p_filter_id and f.state = 'in force'
    returning f.room_id, f.set_by, f.clause
  loop
    perform chat.regroup_room(v_room_filter.room_id);
    perform chat.log_status(
      'FILTERSUSPENDED', v_room_filter.set_by, v_room_filter.room_id,
      format('the filter %s was set aside: %s; set another', v_room_filter.clause, p_error)
    );
  end loop;
end
$$;
