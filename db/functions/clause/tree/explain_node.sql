-- What a node that no filter may hold is to the person who wrote the clause.
create or replace function chat.explain_node(p_node text)
returns text
language sql
immutable
as $$
  select case
    when p_node = 'COERCEVIAIO' then 'making text of a number, or a number of text, is not allowed in a filter'
    when p_node = 'SUBSCRIPTINGREF' then 'an element is not picked by its number in a filter; write ''x'' = any(…)'
    when p_node = 'SQLVALUEFUNCTION' then 'a filter has no clock, and nobody whose name it knows; write a literal'
    when p_node in ('ROWEXPR', 'ROWCOMPAREEXPR') then 'lists such as (a, b) are only allowed behind IN, one value each'
    when p_node = 'SUBLINK'
      then 'a select is not allowed in a filter; a filter is one condition on the columns of the feed'
    else format('the clause holds a construct that is not allowed in a filter (%s)', chat.fold_word(p_node))
  end
$$;
