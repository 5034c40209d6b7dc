-- Why a condition's parse tree has too many nodes, or one that is not allowed; null if it has not.
--
-- The values of a list behind IN are not counted where all are literals: Postgres looks a value up among them.
create or replace function chat.check_nodes(p_quals text)
returns text
language plpgsql
stable
as $$
declare
  v_max_nodes integer := (select s.max_clause_nodes from chat.setting as s);
  v_nodes integer := cardinality(string_to_array(chat.leave_out_lists(p_quals), '{')) - 1;
  v_bad text;
begin
  if v_nodes > v_max_nodes then
    return format('the clause has %s parts; at most %s are allowed', v_nodes, v_max_nodes);
  end if;
  select m[1]
  into v_bad
  from regexp_matches(p_quals, '\{([A-Z_0-9a-z]*)', 'g') as m
  where m[1] not in (select a.node from chat.allowed_node as a)
  limit 1;
  return case when found then chat.explain_node(v_bad) end
    || case
      when v_bad = 'COERCEVIAIO' and p_quals ~ (':vartype ' || 'jsonb'::regtype::oid || ' ')
        then '; in JSON write payload->''key'' > ''5'' for a number, payload->>''key'' like ''a%'' for a text'
      else ''
    end;
end
$$;
