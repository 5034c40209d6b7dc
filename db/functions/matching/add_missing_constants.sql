-- Adds to a signature's table those of its filters that are routed and not in it, if they fit the form.
--
-- At most p_most, for a trial; null is all.
create or replace function chat.add_missing_constants(
  p_signature chat.signature,
  p_form text,
  p_most integer default null
)
returns void
language plpgsql
volatile
as $$
declare
  v_missing record;
begin
  for v_missing in execute format(
    'select r.filter_id, f.canonical from chat.routed_filter as r join chat.filter as f on f.filter_id = r.filter_id '
    'where r.signature_id = %1$s and not exists ('
    'select from %2$s as c where c._filter_id = r.filter_id) limit %3$L',
    p_signature.signature_id, chat.constants_table(p_signature.signature_id, p_form), p_most
  ) loop
    perform chat.add_constants(p_signature, v_missing.filter_id, c.constants)
    from chat.read_signature(v_missing.canonical) as c;
  end loop;
end
$$;
