-- What it means that Postgres knows no function for the types it is given; null if its message says anything else.
create or replace function chat.explain_call(p_message text)
returns text
language plpgsql
stable
as $$
declare
  v_found text[] := regexp_match(p_message, '(?:pg_catalog\.)?"?(\w+)"?\(([^()]*)\)');
  v_max_places integer := (
    select a.max_pattern
    from chat.allowed_function as a
    where a.signature = v_found[1] || '(numeric,integer)' and v_found[2] like 'numeric, %'
  );
begin
  -- A name that the clause may not say is not told either.
  if not exists (select from chat.allowed_word as a where a.role = 'function' and a.word = v_found[1])
    and coalesce(v_found[1], '') not in ('btrim', 'ltrim', 'rtrim') then
    return null;
  end if;
  if v_max_places is not null then
    return format(
      '%s() takes the number of places as a plain number from -%s to %s', v_found[1], v_max_places, v_max_places
    );
  end if;
  return format(
    '%s() does not take %s',
    case when v_found[1] = 'btrim' then 'trim' else v_found[1] end,
    (
      select coalesce(string_agg(chat.name_type(t.name), ', ' order by t.number), 'nothing')
      from unnest(string_to_array(nullif(v_found[2], ''), ', ')) with ordinality as t(name, number)
    )
  );
end
$$;
