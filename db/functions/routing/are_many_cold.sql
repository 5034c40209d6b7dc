-- Whether more than so many groups are cold that routing still looks at. As retire_groups, by index.
create or replace function chat.are_many_cold(p_most integer)
returns boolean
language plpgsql
volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  v_now timestamptz := clock_timestamp();
begin
  return exists (select from chat.room_group as g where g.is_routed and g.live_until < v_now offset p_most);
end
$$;
