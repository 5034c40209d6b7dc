-- Why a character may not stand in a clause outside literals.
create or replace function chat.explain_character(p_character text)
returns text
language sql
immutable
as $$
  select case
    when p_character = ';' then '`;` is not allowed in a filter; a filter is one condition'
    when p_character = '''' then 'a text literal is not closed; end it with '''
    when p_character = '"' then '`"` is not allowed in a filter; names need no quotes, text stands in single quotes'
    when p_character in (U&'\2018', U&'\2019')
      then format('`%s` is a typographic quote; use '' around text', p_character)
    when p_character = '.' then '`.` is not allowed in a filter; name columns and functions alone'
    when p_character ~ '[\x01-\x1f\x7f]' then 'a control character is not allowed in a filter'
    else format('`%s` is not allowed in a filter outside text in single quotes', p_character)
  end
$$;
