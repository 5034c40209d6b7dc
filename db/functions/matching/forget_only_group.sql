-- Notes that a filter that is looked up by pairs is no longer that of one group only.
create or replace function chat.forget_only_group(p_filter_id integer)
returns void
language plpgsql
volatile
as $$
declare
  v_signature_id integer := (
    select s.signature_id
    from chat.routed_filter as r
    join chat.signature as s on s.signature_id = r.signature_id
    where r.filter_id = p_filter_id and r.is_indexed and s.form = 'pairs'
  );
begin
  if v_signature_id is not null then
    execute format(
      'update %s set _group_id = null where _filter_id = $1 and _group_id is not null',
      chat.constants_table(v_signature_id, 'pairs')
    )
    using p_filter_id;
  end if;
end
$$;
