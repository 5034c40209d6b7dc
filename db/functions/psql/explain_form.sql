-- Why filters of a signature are evaluated as they are, and what of them is looked at for which rows.
create or replace function chat.explain_form(p_signature chat.signature, p_is_indexed boolean)
returns table (item text, value text)
language sql
stable
as $$
  select 'why direct', case
    when p_signature.reason is not null then p_signature.reason
    when cardinality(chat.list_forms(p_signature)) = 1 then 'no part of it is found by an index, nor made of bits'
    when p_signature.form <> 'direct' then 'a constant is too long for an index, or has too many digits'
    when p_signature.tried_at is null then 'with fewer than 32 filters it is not slow'
    else 'it was the cheapest'
  end
  where not p_is_indexed
  union all
  select 'found by', string_agg(format('%s %s $%s', l.leaf ->> 'operand', l.leaf ->> 'operator', a), ' or ' order by a)
  from unnest(p_signature.anchors) as a
  join chat.list_leaves(p_signature.tree) as l on (l.leaf ->> 'slot')::smallint = a
  where p_is_indexed and p_signature.form = 'pairs'
  having count(*) > 0
  union all
  select 'looked at', case p_signature.form
    when 'pairs' then 'all of it, for the rows that find it'
    else 'none of it: its bits are those of ' || (
      select string_agg(distinct coalesce(l.leaf ->> 'operand', l.leaf ->> 'text'), ', ')
      from chat.list_leaves(p_signature.tree) as l
    )
  end
  where p_is_indexed
  union all
  select
    'microseconds a row by ' || u.form,
    format('%s in batches of 10, %s in batches of 1,000', u.took ->> '10', u.took ->> '1000')
  from jsonb_each(p_signature.microseconds) as u(form, took)
$$;
