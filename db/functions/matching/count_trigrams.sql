-- Counts which trigrams the newest rows of a feed hold in what a signature looks for patterns in.
--
-- No feed has columns that begin with an underscore.
create or replace function chat.count_trigrams(p_signature chat.signature)
returns void
language plpgsql
volatile
as $$
declare
  v_leaf jsonb;
begin
  delete from matching.trigram as t where t.signature_id = p_signature.signature_id;
  for v_leaf in
    select l.leaf
    from chat.list_leaves(p_signature.tree) as l
    where l.leaf ->> 'type' = 'infix' and (l.leaf ->> 'slot')::smallint = any (p_signature.anchors)
  loop
    execute format(
      'insert into matching.trigram (signature_id, slot, trigram, rows) '
      'select %s, %s, t.trigram, count(*) from (%s) as r '
      'cross join lateral convert_to(left(%s, 1000), ''UTF8'') as b(bytes) '
      'cross join lateral generate_series(1, length(b.bytes) - 2) as _i '
      'cross join lateral substring(b.bytes from _i for 3) as t(trigram) group by t.trigram',
      p_signature.signature_id, v_leaf ->> 'slot', chat.select_newest(p_signature.feed_id, 1000), v_leaf ->> 'operand'
    );
  end loop;
end
$$;
