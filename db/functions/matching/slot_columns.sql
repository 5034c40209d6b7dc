-- How a slot of a signature is stored in its table of constants, as a form needs it.
--
-- That is the columns' definitions, what they are filled with of p_constant (an argument of format, see write_adding),
-- the expression for the constant in the template, and the columns of the index by which rows find the filter. A list
-- that is an anchor takes a row for each of its values. Beside a pattern there is what finds it: a prefix with its
-- length, or a trigram; beside a decimal the float by which bitmaps sort.
create or replace function chat.slot_columns(
  p_signature chat.signature,
  p_form text,
  p_slot integer,
  p_constant text,
  out definitions text,
  out filled_with text,
  out expression text,
  out indexed_by text
)
language plpgsql
immutable
as $$
declare
  v_type text := p_signature.slots[p_slot];
  v_is_anchor boolean := p_form = 'pairs' and p_slot = any (p_signature.anchors);
  v_text text := 'text collate chat.code_points';
begin
  expression := '_s._k' || p_slot;
  filled_with := p_constant;
  indexed_by := case
    when v_is_anchor then format('_k%s%s, _filter_id, _group_id', p_slot, chat.list_beside_anchor(p_signature, p_slot))
  end;
  if v_type like '%[]' and v_is_anchor then
    v_type := rtrim(v_type, '[]');
    filled_with := '_u' || p_slot || '.value';
    expression := format('array[%s]', expression);
  end if;
  definitions := format(
    '_k%s %s not null', p_slot,
    case
      when v_type in ('text', 'prefix', 'infix', 'pattern') then v_text
      when v_type = 'text[]' then 'text[] collate chat.code_points'
      else v_type
    end
  );
  if v_type = 'prefix' and v_is_anchor then
    indexed_by := format('_n%1$s, _p%1$s', p_slot);
    definitions := definitions || format(', _n%1$s integer not null, _p%1$s %2$s not null', p_slot, v_text);
    filled_with := format('%1$s, length(rtrim(%1$s, ''%%%%'')), rtrim(%1$s, ''%%%%'')', p_constant);
  elsif v_type = 'infix' and v_is_anchor then
    indexed_by := '_g' || p_slot;
    definitions := definitions || format(', _g%s bytea not null', p_slot);
    filled_with := format('%1$s, chat.pick_trigram(%2$s, %3$s, %1$s)', p_constant, p_signature.signature_id, p_slot);
  elsif v_type = 'text' and p_form = 'bitmaps' and chat.is_ranged(p_signature, p_slot) then
    definitions := definitions || format(', _f%s name collate chat.code_points not null', p_slot);
    filled_with := format('%1$s, (%1$s)::name', p_constant);
  elsif v_type = 'numeric' and p_form = 'bitmaps' then
    definitions := definitions || format(', _f%s double precision not null', p_slot);
    filled_with := format(
      '%1$s, case when chat.is_exact(%1$s) then (%1$s)::double precision end', p_constant
    );
  end if;
end
$$;
