-- The leaves of a signature's tree, from left to right.
create or replace function chat.list_leaves(p_tree jsonb)
returns table (leaf jsonb)
language sql
immutable
as $$
  select l.leaf
  from jsonb_path_query(p_tree, 'strict $.**') as l(leaf)
  where jsonb_typeof(l.leaf) = 'object' and not l.leaf ? 'op'
$$;
