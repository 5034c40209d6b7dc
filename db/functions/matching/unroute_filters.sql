-- Has filters of which no group is routed evaluated no more.
--
-- The caller holds the log's lock, and then brings the routers up to date.
create or replace function chat.unroute_filters(p_filter_ids integer[])
returns void
language plpgsql
volatile
set enable_seqscan = off
set enable_bitmapscan = off
as $$
declare
  v_gone record;
begin
  for v_gone in
    with gone as (
      delete from chat.routed_filter as r
      where r.filter_id = any (p_filter_ids)
        and not exists (select from chat.room_group_filter as g where g.filter_id = r.filter_id)
      returning r.*
    )
    select s.signature_id, s.form, count(*) as filters, array_agg(g.filter_id) filter (where g.is_indexed) as filter_ids
    from gone as g
    join chat.signature as s on s.signature_id = g.signature_id
    group by s.signature_id
  loop
    update chat.signature as s set filters = s.filters - v_gone.filters where s.signature_id = v_gone.signature_id;
    if v_gone.filter_ids is not null then
      execute format(
        'delete from %s where _filter_id = any ($1)', chat.constants_table(v_gone.signature_id, v_gone.form)
      )
      using v_gone.filter_ids;
    end if;
    -- One that is not direct has a table, which is dropped when its form is changed.
    delete from chat.signature as s
    where s.signature_id = v_gone.signature_id and s.filters = 0 and s.form = 'direct';
  end loop;
end
$$;
