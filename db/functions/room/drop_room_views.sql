-- Drops the rooms' views of a feed; waits for everybody who reads one.
create or replace function chat.drop_room_views(p_feed_id integer)
returns void
language plpgsql
volatile
as $$
declare
  v_view text;
begin
  for v_view in
    select format('room_filter.%I', c.relname)
    from chat.feed as e
    join pg_class as c on c.relname ~ ('^room_[0-9]+_' || e.name || '$')
    where e.feed_id = p_feed_id and c.relnamespace = 'room_filter'::regnamespace and c.relkind = 'v'
  loop
    execute format('drop view %s', v_view);
  end loop;
end
$$;
