-- The columns of constants that stand behind an anchor's in its index, each with a comma in front.
--
-- With them a row finds just the filters that it passes, side by side, and need not look at the table: those with the
-- anchor's value in common are scattered over it. Only numbers and times that are compared with a column as it is: what
-- is computed may raise, and for an index it is computed for rows that find no filter, too. Several texts would make
-- entries longer than an index takes.
create or replace function chat.list_beside_anchor(p_signature chat.signature, p_anchor integer)
returns text
language sql
immutable
as $$
  select coalesce(string_agg(', _k' || b.slot, '' order by b.slot), '')
  from (
    select (v.leaf ->> 'slot')::integer as slot
    from chat.list_leaves(p_signature.tree) as v
    where (v.leaf ->> 'slot')::integer <> p_anchor
      and v.leaf ->> 'type' in ('bigint', 'numeric', 'timestamptz')
      and v.leaf ->> 'operand' ~ '^[a-z_][a-z0-9_]*$'
    order by slot
    limit 8
  ) as b
$$;
