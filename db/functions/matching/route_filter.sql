-- Has a filter evaluated from here on, by its signature's form, or for one more group if it was before.
--
-- The caller holds the log's lock, and then brings the router up to date, if the filter is not found by its constants.
create or replace function chat.route_filter(p_filter_id integer)
returns void
language plpgsql
volatile
as $$
declare
  v_filter chat.filter;
  v_obtained record;
  v_signature chat.signature;
  v_is_indexed boolean := false;
begin
  select f.* into v_filter from chat.filter as f where f.filter_id = p_filter_id;
  if v_filter.canonical in ('true', 'false') then
    return;
  end if;
  if exists (select from chat.routed_filter as r where r.filter_id = p_filter_id) then
    perform chat.forget_only_group(p_filter_id);
    return;
  end if;
  v_obtained := chat.obtain_signature(v_filter.feed_id, v_filter.canonical);
  if v_obtained.form <> 'direct' then
    select s.* into v_signature from chat.signature as s where s.signature_id = v_obtained.signature_id;
    v_is_indexed := chat.add_constants(v_signature, p_filter_id, v_obtained.constants);
  end if;
  update chat.signature as s set filters = s.filters + 1 where s.signature_id = v_obtained.signature_id;
  insert into chat.routed_filter (filter_id, feed_id, signature_id, is_indexed)
  values (p_filter_id, v_filter.feed_id, v_obtained.signature_id, v_is_indexed);
end
$$;
