-- The bits of the rows for which a comparison is true; for `<>`, `<` and `<=` those for which its opposite is.
--
-- masks of range_<n> are the bits of the rows with a value above the first 0, 1, 2, … of the batch's different values,
-- one after the other.
create or replace function chat.write_leaf_bits(p_leaf jsonb, p_place integer, p_zero text, p_size text)
returns text
language plpgsql
immutable
as $$
declare
  v_slot integer := p_leaf ->> 'slot';
  v_constant text := format(
    case when p_leaf ->> 'type' in ('numeric', 'text') then '_s._f%s' else '_s._k%s' end, v_slot
  );
  v_values text := format('(select r.sorted from range_%s as r)', p_place);
  v_rank text := format('width_bucket(%s, %s)', v_constant, v_values);
begin
  if p_leaf ->> 'operator' in ('=', '<>') then
    return format('coalesce(_e%s.bits, %s)', v_slot, p_zero);
  end if;
  if p_leaf ->> 'operator' in ('>=', '<') then
    v_rank := format('(%1$s - coalesce((%2$s)[%1$s] = %3$s, false)::integer)', v_rank, v_values, v_constant);
  end if;
  return format(
    'substring((select r.masks from range_%s as r) from %s * %s + 1 for %s)', p_place, v_rank, p_size, p_size
  );
end
$$;
