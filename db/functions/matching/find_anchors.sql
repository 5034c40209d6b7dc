-- The slots of which one must match wherever the condition is true, so that an index finds the filters; null if none.
--
-- Of parts joined by AND one is enough: the one with the fewest slots, and of these the one that finds the fewest
-- filters, as it seems. Of parts joined by OR each is needed.
create or replace function chat.find_anchors(p_tree jsonb)
returns smallint[]
language plpgsql
immutable
as $$
begin
  if p_tree ->> 'op' = 'and' then
    return (
      select a.anchors
      from jsonb_array_elements(p_tree -> 'args') with ordinality as p(part, number)
      cross join lateral chat.find_anchors(p.part) as a(anchors)
      where a.anchors is not null
      order by
        cardinality(a.anchors),
        array_position('{text,numeric,timestamptz,prefix,bigint,text[],numeric[],bigint[],infix}', p.part ->> 'type'),
        p.number
      limit 1
    );
  elsif p_tree ->> 'op' = 'or' then
    return (
      select case when bool_and(a.anchors is not null) then array_agg(u.slot order by u.slot) end
      from jsonb_array_elements(p_tree -> 'args') as p(part)
      cross join lateral chat.find_anchors(p.part) as a(anchors)
      left join lateral unnest(a.anchors) as u(slot) on true
    );
  elsif p_tree ->> 'operator' = '=' or (p_tree ->> 'operator' = '~~' and p_tree ->> 'type' in ('prefix', 'infix')) then
    return array[(p_tree ->> 'slot')::smallint];
  end if;
  return null;
end
$$;
