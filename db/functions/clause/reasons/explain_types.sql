-- What it means that Postgres found types of a clause that do not fit; null if the message is none of those known.
--
-- Only names of types, of operators and of allowed functions are taken from the server's message.
create or replace function chat.explain_types(p_message text)
returns text
language plpgsql
stable
as $$
declare
  v_found text[];
begin
  v_found := regexp_match(p_message, '^argument of (.*) must be type boolean, not type (.*)$');
  if v_found is not null then
    return case
      when v_found[1] = 'WHERE' then
        format('the clause is %s, not a condition; compare it with something', chat.name_type(v_found[2]))
      else format('%s wants a condition, not %s; compare it with something', v_found[1], chat.name_type(v_found[2]))
    end;
  end if;
  v_found := regexp_match(p_message, '^operator (?:does not exist|is not unique): (.*) ([-+*/<>=~!%]+) (.*)$');
  if v_found is not null then
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
  end if;
  v_found := regexp_match(p_message, '^operator (?:does not exist|is not unique): ([-+*/<>=~!%]+) (.*)$');
  if v_found is not null then
    return format('`%s` does not go before %s', v_found[1], chat.name_type(v_found[2]));
  end if;
  v_found := regexp_match(p_message, '^function (?:pg_catalog\.)?"?(\w+)"?\((.*)\) (?:does not exist|is not unique)$');
  if exists (select from chat.allowed_word as a where a.role = 'function' and a.word = v_found[1])
    or v_found[1] in ('btrim', 'ltrim', 'rtrim') then
    return format(
      '%s() does not take %s',
      case when v_found[1] = 'btrim' then 'trim' else v_found[1] end,
      (
        select coalesce(string_agg(chat.name_type(t.name), ', ' order by t.number), 'nothing')
        from unnest(string_to_array(nullif(v_found[2], ''), ', ')) with ordinality as t(name, number)
      )
    );
  end if;
  v_found := regexp_match(p_message, '^([A-Z/ ]+) types (.*) and (.*) cannot be matched$');
  if v_found is not null then
    return format(
      '%s mixes %s with %s; its values must be of one kind',
      v_found[1], chat.name_type(v_found[2]), chat.name_type(v_found[3])
    );
  end if;
  v_found := regexp_match(p_message, '^cannot cast type (.*) to (.*)$');
  if v_found is not null then
    return format('%s cannot be made %s', chat.name_type(v_found[1]), chat.name_type(v_found[2]));
  end if;
  return null;
end
$$;
