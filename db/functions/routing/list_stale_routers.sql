-- The feeds whose routers do not evaluate exactly the filters of the groups that routing looks at.
create or replace function chat.list_stale_routers()
returns table (feed_id integer)
language plpgsql
stable
as $$
begin
  return query
  select t.feed_id::integer
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
