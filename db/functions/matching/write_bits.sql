-- The bits of the rows for which a tree is true, or is false.
--
-- It is an expression over the CTEs of write_facts and a row _s of the table of constants.
-- Of a condition that is neither true nor false, both have no bit: so AND, OR and NOT are exact without a third value.
-- p_operands are what is compared, by whose place the CTEs are named.
create or replace function chat.write_bits(p_tree jsonb, p_is_true boolean, p_operands text[], p_zero text, p_size text)
returns text
language plpgsql
immutable
as $$
declare
  v_place integer := array_position(p_operands, p_tree ->> 'operand');
  v_operator text := p_tree ->> 'operator';
  v_known text := format('(select k.bits from known_%s as k)', v_place);
begin
  if p_tree ->> 'op' = 'not' then
    return chat.write_bits(p_tree -> 'args' -> 0, not p_is_true, p_operands, p_zero, p_size);
  elsif p_tree ? 'op' then
    return (
      select '(' || string_agg(
        chat.write_bits(p.part, p_is_true, p_operands, p_zero, p_size),
        case when (p_tree ->> 'op' = 'and') = p_is_true then ' & ' else ' | ' end
        order by p.number
      ) || ')'
      from jsonb_array_elements(p_tree -> 'args') with ordinality as p(part, number)
    );
  elsif p_tree ? 'text' then
    return format(
      '(select coalesce(bit_or(_bit), %s) from placed where (%s) is %s)', p_zero, p_tree ->> 'text', p_is_true::text
    );
  elsif v_operator in ('is null', 'is not null') then
    return case
      when (v_operator = 'is null') = p_is_true then format('((select e.bits from everything as e) & ~ %s)', v_known)
      else v_known
    end;
  elsif p_is_true = (v_operator in ('=', '>', '>=')) then
    return chat.write_leaf_bits(p_tree, v_place, p_zero, p_size);
  end if;
  return format('(%s & ~ %s)', v_known, chat.write_leaf_bits(p_tree, v_place, p_zero, p_size));
end
$$;
