-- What was probably meant where Postgres stopped at a token; null if nothing comes to mind. Words are in small letters.
create or replace function chat.hint_at_syntax(
  p_kind text,
  p_token text,
  p_previous text,
  p_before text,
  p_next text
)
returns text
language sql
stable
as $$
  select case
    when p_previous in ('in', 'not in') and p_token <> '(' then
      format('IN takes a list in parentheses: in (%s)', p_token)
    when p_token = ',' and p_previous ~ '^[0-9]' and p_next ~ '^[0-9]{3}' then
      format('write numbers without commas: %s%s', p_previous, p_next)
    when p_token = ',' and p_before = 'between' then format('write between %s and %s', p_previous, p_next)
    when p_token = ',' then 'conditions are joined by AND or OR'
    when p_previous = 'is' and p_kind in ('literal', 'number') then
      format('IS goes before NULL, TRUE, FALSE or DISTINCT FROM; write = %s', p_token)
    when p_previous in ('=', '<>', '!=', '<', '>', '<=', '>=') and chat.fold_word(p_token) in ('in', 'like', 'between')
      then format('leave the `%s` out', p_previous)
    when p_previous = 'not' and p_token in ('=', '<', '>', '<=', '>=') then
      'NOT stands before the whole comparison: not price > 5'
    when chat.fold_word(p_token) = 'escape' then
      'ESCAPE stands behind the pattern of LIKE, and one character in quotes behind it: like ''50!%'' escape ''!'''
    when p_token <> '('
      and exists (select from chat.allowed_word as a where a.role = 'function' and a.word = p_previous)
      then format('`%1$s` is a function; write what it is of behind it: %1$s(…)', p_previous)
    when p_kind in ('word', 'name', 'literal', 'number') and p_previous ~ '^([a-z_][a-z0-9_]*|".*"|''.*''|[0-9.]+|\))$'
      then 'an operator, AND or OR is missing before it'
  end
$$;
