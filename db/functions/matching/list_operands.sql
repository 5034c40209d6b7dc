-- What signatures compare with constants, or with nothing, and how bitmaps need it.
--
-- That is its rows by value (is_looked_up), or sorted (is_sorted). type is that of the constants.
create or replace function chat.list_operands(p_signatures chat.signature[])
returns table (operand text, type text, is_looked_up boolean, is_sorted boolean)
language sql
immutable
as $$
  select
    l.leaf ->> 'operand',
    max(rtrim(l.leaf ->> 'type', '[]')),
    coalesce(bool_or(l.leaf ->> 'operator' in ('=', '<>')), false),
    coalesce(bool_or(l.leaf ->> 'operator' in ('>', '>=', '<', '<=')), false)
  from unnest(p_signatures) as s
  cross join lateral chat.list_leaves(s.tree) as l
  where l.leaf ? 'operand'
  group by l.leaf ->> 'operand'
  order by 1
$$;
