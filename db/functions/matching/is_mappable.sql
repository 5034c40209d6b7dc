-- Whether bits of the leaves of a signature's tree give those of its filters.
--
-- Each leaf must be known for all constants from one look at a batch: it compares one thing with them, or nothing.
create or replace function chat.is_mappable(p_tree jsonb)
returns boolean
language sql
immutable
as $$
  select bool_and(
    case
      when l.leaf ? 'text' then l.leaf ->> 'text' !~ '\$'
      when l.leaf ->> 'type' in ('text', 'bigint', 'numeric', 'timestamptz') then true
      else not l.leaf ? 'slot'
        or (l.leaf ->> 'operator' in ('=', '<>') and l.leaf ->> 'type' in ('text[]', 'bigint[]', 'numeric[]'))
    end
  )
  from chat.list_leaves(p_tree) as l
$$;
