-- What it means that Postgres knows no operator for the types around it; null if its message says anything else.
create or replace function chat.explain_operator(p_message text)
returns text
language plpgsql
immutable
as $$
declare
  v_found text[] := regexp_match(
    p_message, ': (?:(\w[\w ]*(?:\[\])?) )?([-+*/<>=~!%@?#&|]+) (\w[\w ]*(?:\[\])?)$'
  );
begin
  if v_found is null then
    return null;
  elsif v_found[1] is null then
    return format('`%s` does not go before %s', v_found[2], chat.name_type(v_found[3]));
  end if;
  return format(
    '%s does not go between %s and %s',
    case v_found[2]
      when '~~' then 'LIKE'
      when '!~~' then 'NOT LIKE'
      when '~~*' then 'ILIKE'
      when '!~~*' then 'NOT ILIKE'
      else '`' || v_found[2] || '`'
    end,
    chat.name_type(v_found[1]),
    chat.name_type(v_found[3])
  );
end
$$;
