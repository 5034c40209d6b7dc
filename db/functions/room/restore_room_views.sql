-- Makes the rooms' views that are missing, as after a migration that changed a feed's table.
--
-- A suspended filter of an earlier version may be one that this version cannot say: its view is empty.
create or replace function chat.restore_room_views()
returns void
language plpgsql
volatile
as $$
declare
  v_missing record;
begin
  for v_missing in
    select f.room_id, f.feed_id, t.canonical
    from chat.room_filter as f
    join chat.feed as e on e.feed_id = f.feed_id
    join chat.filter as t on t.filter_id = f.filter_id
    where f.state <> 'replaced'
      and e.state <> 'removed'
      and to_regclass(format('room_filter.room_%s_%s', f.room_id, e.name)) is null
  loop
    begin
      perform chat.create_room_view(v_missing.room_id, v_missing.feed_id, v_missing.canonical);
    exception
      when syntax_error_or_access_rule_violation then
        perform chat.create_room_view(v_missing.room_id, v_missing.feed_id, 'false');
    end;
  end loop;
end
$$;
