-- What was probably meant where Postgres stopped at a token that does not go with those before it; null if unknown.
--
-- Words are in small letters; p_called is what stands before p_before.
create or replace function chat.hint_at_operator(
  p_kind text,
  p_token text,
  p_previous text,
  p_before text,
  p_called text,
  p_next text
)
returns text
language sql
stable
as $$
  select case
    when p_called = 'cast' and p_before = '(' then format('write cast(%s as …), with a type', p_previous)
    when p_called = 'position' and p_before = '(' and p_token = ',' then 'write position(''text'' in column)'
    when p_token = 'then' then 'write case when … then … end'
    when p_token = 'mod' then format('write mod(%s, …), or %% for it', p_previous)
    when p_token = 'not' and p_next = '(' then 'write NOT IN (…)'
    when p_token = '(' and exists (select from chat.allowed_word as a where a.role = 'type' and a.word = p_previous)
      then format('`%1$s` is a type; write cast(… as %1$s)', p_previous)
    when p_previous = 'is' and (o.is_comparison or p_token in ('in', 'like', 'ilike', 'between'))
      then 'leave the `is` out'
    when p_previous = 'not' and p_before = 'is' and p_kind in ('literal', 'number') then format('write <> %s', p_token)
    when p_previous in ('is', 'between') and o.is_before_open then format('a column is missing before `%s`', p_previous)
    when o.is_open and (o.is_comparison or p_token in ('and', 'or', '*', '/', '%', '%%')) then
      case
        when p_previous in ('and', 'or') and o.is_comparison then 'a column is missing before it; write it again there'
        else 'something is missing before it'
      end
    when o.is_comparison and p_previous ~ '^[=<>!]+$' then
      case
        when p_previous || p_token in ('<>', '!=', '<=', '>=')
          then format('write %s%s without a space', p_previous, p_token)
        else 'two operators follow each other'
      end
    when o.is_comparison
      and not exists (select from chat.allowed_word as a where a.role = 'function' and a.word = p_previous)
      then 'only two values are compared at once; join comparisons by AND: price > 5 and price < 10'
    when p_kind = 'number' and p_previous ~ '^[0-9]' then
      case
        when p_token ~ '^[0-9]{3}(\.|$)' then format('write numbers without spaces: %s%s', p_previous, p_token)
        else 'a comma or an operator is missing before it'
      end
  end
  from (
    select
      coalesce(p_previous in ('and', 'or', 'not', '(', ','), true) as is_open,
      coalesce(p_before in ('and', 'or', 'not', '(', ','), true) as is_before_open,
      p_token in ('=', '<>', '!=', '<', '>', '<=', '>=') as is_comparison
  ) as o
$$;
