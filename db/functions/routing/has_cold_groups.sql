-- Whether more than p_spared groups that routing still looks at are cold. As retire_groups, by index.
create or replace function chat.has_cold_groups(p_spared integer default 0)
returns boolean
language plpgsql
volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  -- Read once, so that the groups are found by index.
  v_now timestamptz := clock_timestamp();
begin
  return exists (select from chat.room_group as g where g.is_routed and g.live_until < v_now offset p_spared);
end
$$;
