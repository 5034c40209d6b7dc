-- Has a signature's filters evaluated by another form from here on.
--
-- For pairs and bitmaps build_constants made the table. The caller holds the log's lock, and then brings the router up
-- to date.
create or replace function chat.use_form(p_signature_id integer, p_form text)
returns void
language plpgsql
volatile
as $$
declare
  v_table text := chat.constants_table(p_signature_id, p_form);
  v_former text;
  v_signature chat.signature;
begin
  select s.form into v_former from chat.signature as s where s.signature_id = p_signature_id;
  update chat.signature as s
  set form = p_form, adding = case when p_form <> 'direct' then chat.write_adding(s, p_form) end
  where s.signature_id = p_signature_id
  returning s.* into v_signature;
  if p_form = 'direct' then
    update chat.routed_filter as r set is_indexed = false where r.signature_id = p_signature_id and r.is_indexed;
  else
    -- What changed between the table's making and the lock.
    execute format(
      'delete from %s as c where not exists ('
      'select from chat.routed_filter as r where r.filter_id = c._filter_id and r.signature_id = %s)',
      v_table, p_signature_id
    );
    if p_form = 'pairs' then
      execute format(
        'update %s as c set _group_id = g.group_id from ('
        'select f.filter_id, case when count(*) = 1 then min(f.group_id) end as group_id '
        'from chat.room_group_filter as f group by f.filter_id) as g '
        'where g.filter_id = c._filter_id and c._group_id is distinct from g.group_id',
        v_table
      );
    end if;
    perform chat.add_missing_constants(v_signature, p_form);
    execute format(
      'update chat.routed_filter as r set is_indexed = not r.is_indexed where r.signature_id = %2$s '
      'and r.is_indexed <> exists (select from %1$s as c where c._filter_id = r.filter_id)',
      v_table, p_signature_id
    );
  end if;
  -- Not to be taken for one that evaluates just these signatures, which it does by another form; 0 is none.
  update chat.router as r set signature_ids = r.signature_ids || 0 where r.feed_id = v_signature.feed_id;
  if v_former not in ('direct', p_form) then
    execute format('drop table %s', chat.constants_table(p_signature_id, v_former));
  end if;
end
$$;
