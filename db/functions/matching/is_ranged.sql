-- Whether a signature asks what is above or below a constant, so that bitmaps need the constant to be sorted fast.
create or replace function chat.is_ranged(p_signature chat.signature, p_slot integer)
returns boolean
language sql
immutable
as $$
  select exists (
    select
    from chat.list_leaves(p_signature.tree) as l
    where (l.leaf ->> 'slot')::integer = p_slot and l.leaf ->> 'operator' in ('<', '<=', '>', '>=')
  )
$$;
