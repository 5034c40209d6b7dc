-- Has filters evaluated from here on, by their signatures' forms, or for one more group if they were before.
--
-- The caller holds the log's lock, and then brings the routers up to date, if a filter is not found by its constants.
create or replace function chat.route_filters(p_filter_ids integer[])
returns void
language plpgsql
volatile
set plan_cache_mode = force_generic_plan
as $$
declare
  v_filter record;
  v_obtained record;
  v_signature chat.signature;
  v_filter_ids integer[] := '{}';
  v_signature_ids integer[] := '{}';
  v_are_indexed boolean[] := '{}';
  v_is_indexed boolean;
begin
  perform chat.forget_only_group(r.filter_id)
  from chat.routed_filter as r
  where r.filter_id = any (p_filter_ids) and r.is_indexed;
  for v_filter in
    select f.filter_id, f.feed_id, f.canonical
    from chat.filter as f
    where f.filter_id = any (p_filter_ids)
      and f.canonical not in ('true', 'false')
      and not exists (select from chat.routed_filter as r where r.filter_id = f.filter_id)
    order by f.filter_id
  loop
    v_obtained := chat.obtain_signature(v_filter.feed_id, v_filter.canonical);
    v_is_indexed := false;
    if v_obtained.form <> 'direct' then
      if v_signature.signature_id is distinct from v_obtained.signature_id then
        select s.* into v_signature from chat.signature as s where s.signature_id = v_obtained.signature_id;
      end if;
      v_is_indexed := chat.add_constants(v_signature, v_filter.filter_id, v_obtained.constants);
    end if;
    v_filter_ids := v_filter_ids || v_filter.filter_id;
    v_signature_ids := v_signature_ids || v_obtained.signature_id;
    v_are_indexed := v_are_indexed || v_is_indexed;
  end loop;
  update chat.signature as s
  set filters = s.filters + n.added
  from (select u.id, count(*) as added from unnest(v_signature_ids) as u(id) group by u.id) as n
  where s.signature_id = n.id;
  insert into chat.routed_filter (filter_id, feed_id, signature_id, is_indexed)
  select u.filter_id, s.feed_id, u.signature_id, u.is_indexed
  from unnest(v_filter_ids, v_signature_ids, v_are_indexed) as u(filter_id, signature_id, is_indexed)
  join chat.signature as s on s.signature_id = u.signature_id;
end
$$;
