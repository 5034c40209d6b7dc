-- Why an operator may not stand in a clause; null if it may.
--
-- A sign may follow directly, as in price>-1. `%%` is how users of the original wrote `%`; it stands alone. A run that
-- opens a comment is refused wherever it stands. Operators of lists and JSON are for feeds that have such columns.
create or replace function chat.check_operator(p_feed_id integer, p_token text)
returns text
language plpgsql
stable
as $$
declare
  v_unsigned text;
  v_others text[];
begin
  if position('--' in p_token) + position('/*' in p_token) + position('*/' in p_token) > 0 then
    return 'a comment is not allowed in a filter';
  end if;
  v_unsigned := case
    when length(p_token) > 1 and right(p_token, 1) in ('-', '+') then left(p_token, -1) else p_token
  end;
  if p_token = '%%' or v_unsigned in ('=', '<>', '!=', '<', '>', '<=', '>=', '-', '+', '*', '/', '%') then
    return null;
  end if;
  v_others := chat.list_words(p_feed_id, 'operator');
  return case
    when p_token = any (v_others) or left(p_token, -1) = any (v_others) and p_token ~ '>-$' then null
    when p_token ~ '^==+$' then format('`%s` is not SQL; use =', p_token)
    when p_token ~ '`'
      then 'a backtick is not allowed in a filter; names need no quotes, text stands in single quotes'
    when p_token in ('=>', '=<') then format('`%s` is not SQL; use %s', p_token, reverse(p_token))
    when p_token ~ '~' then format('`%s` is not allowed in a filter; use LIKE', p_token)
    when p_token like '||%' then '`||` is not allowed in a filter: texts are not joined there, and conditions with OR'
    when p_token in ('@?', '@@') and chat.has_type(p_feed_id, '{jsonb}')
      then format('`%s` is not allowed in a filter; write payload #>> ''{key,key}'' = ''text'' for a path', p_token)
    when p_token in ('&&', '!', '&', '|')
      then format('`%s` is not allowed in a filter; use AND, OR, NOT', p_token)
    else
      format(
        '`%s` is not allowed in a filter; operators are = <> < > <= >= + - * / %% %sand '
        'LIKE, IN, BETWEEN, AND, OR, NOT',
        p_token, array_to_string(v_others || '{""}', ' ')
      )
  end;
end
$$;
