-- Generates each router anew that does not evaluate exactly the filters of live groups; cold ones are retired first.
--
-- Of many filters the constants are in tables, so the router is as it was whatever becomes of them. Then up to p_spared
-- groups that went cold may stay until somebody does this again: to retire one costs nearly as much as to retire many.
-- The caller holds the log's lock.
create or replace function chat.refresh_stale_routers(p_spared integer default 0)
returns void
language plpgsql
volatile
as $$
begin
  if p_spared > 0 and not chat.has_cold_groups(p_spared) and not exists (select from chat.list_stale_routers()) then
    return;
  end if;
  perform chat.retire_groups();
  perform chat.refresh_router(s.feed_id) from chat.list_stale_routers() as s;
end
$$;
