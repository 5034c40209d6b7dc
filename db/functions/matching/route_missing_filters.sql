-- Routes the filters of routed groups that are not yet, and all of feeds whose signatures are of another version.
--
-- The caller holds the log's lock, and then brings the routers up to date.
create or replace function chat.route_missing_filters()
returns void
language plpgsql
volatile
as $$
begin
  perform chat.forget_signatures(f.feed_id)
  from chat.feed as f
  where exists (
    select from chat.signature as s where s.feed_id = f.feed_id and s.version <> chat.matching_version()
  );
  perform chat.route_filters(array(
    select distinct g.filter_id
    from chat.room_group_filter as g
    where not exists (select from chat.routed_filter as r where r.filter_id = g.filter_id)
  ));
end
$$;
