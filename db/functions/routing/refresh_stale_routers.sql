-- Generates each router anew that does not evaluate exactly the filters of live groups; cold ones are retired first.
--
-- Of many filters the constants are in tables, so the router is as it was whatever becomes of them. The caller holds
-- the log's lock.
create or replace function chat.refresh_stale_routers()
returns void
language plpgsql
volatile
as $$
begin
  perform chat.retire_groups();
  perform chat.refresh_router(t.feed_id)
  from chat.router as t
  where t.filter_ids is distinct from (
      select coalesce(array_agg(f.filter_id order by f.filter_id), '{}') from chat.list_direct_filters(t.feed_id) as f
    )
    or t.signature_ids is distinct from array(
      select s.signature_id
      from chat.signature as s
      where s.feed_id = t.feed_id and s.form <> 'direct'
      order by s.signature_id
    );
end
$$;
