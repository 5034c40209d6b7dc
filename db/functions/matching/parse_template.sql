-- The tree of a signature: `and`, `or` and `not` with their args, and leaves.
--
-- A leaf that compares something with a constant has the operand, the operator and the slot; `is null` has the operand;
-- any other has only its text.
create or replace function chat.parse_template(p_template text)
returns jsonb
language plpgsql
immutable
as $$
declare
  v_text text := btrim(p_template);
  v_split record;
  v_compared text[];
begin
  v_split := chat.split_condition(v_text);
  if v_split.connective is not null then
    return jsonb_build_object(
      'op', chat.fold_word(v_split.connective),
      'args', (
        select jsonb_agg(chat.parse_template(p.part) order by p.number)
        from unnest(v_split.parts) with ordinality as p(part, number)
      )
    );
  elsif v_text like '(NOT %)' then
    return jsonb_build_object(
      'op', 'not', 'args', jsonb_build_array(chat.parse_template(substr(v_text, 6, length(v_text) - 6)))
    );
  end if;
  v_compared := regexp_match(
    v_text, '^\(([^$]+) (=|<>|<|<=|>|>=|~~|!~~) (?:ANY |ALL )?\(?\$(\d+):([a-z]+(?:\[\])?)\)?\)$'
  );
  if v_compared is not null then
    return jsonb_build_object(
      'operand', v_compared[1], 'operator', v_compared[2], 'slot', v_compared[3]::integer, 'type', v_compared[4]
    );
  end if;
  v_compared := regexp_match(v_text, '^\(([^$]+) IS (NOT )?NULL\)$');
  if v_compared is not null then
    return jsonb_build_object(
      'operand', v_compared[1], 'operator', case when v_compared[2] is null then 'is null' else 'is not null' end
    );
  end if;
  return jsonb_build_object('text', v_text);
end
$$;
