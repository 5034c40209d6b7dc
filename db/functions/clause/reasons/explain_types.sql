-- What it means that Postgres found types of a clause that do not fit; null if the message is none of those known.
--
-- Only names of types, of operators and of allowed functions are taken from the server's message. It is taken to
-- be in English: `migrate` warns of a server that speaks otherwise (db/server.py).
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
  return coalesce(chat.explain_operator(p_message), chat.explain_call(p_message));
end
$$;
