-- The parts of a column's text `name:type=path`; the path is the name where there is none. Raises RM503 if it is none.
create or replace function chat.parse_column(p_text text, out column_name text, out type_name text, out path text)
language plpgsql
stable
as $$
declare
  v_parts text[] := regexp_match(p_text, '^([^:=]*):([^=]*)(?:=(.*))?$');
begin
  if v_parts is null then
    raise exception 'a column is written name:type or name:type=path, and not %', quote_literal(p_text)
      using errcode = 'RM503', hint = 'as in city:text, or station:text=station.id';
  end if;
  column_name := v_parts[1];
  path := coalesce(v_parts[3], v_parts[1]);
  type_name := chat.type_by_name(v_parts[2]);
  if type_name is null then
    raise exception 'column %: there is no type %', column_name, quote_literal(v_parts[2])
      using
        errcode = 'RM503',
        hint = 'types are text, boolean, integer, bigint, float, timestamp, text[] and jsonb';
  elsif column_name !~ '^[a-z][a-z0-9_]{0,39}$' then
    raise exception 'a column cannot be called %', quote_literal(column_name)
      using
        errcode = 'RM503',
        hint = 'a name has 1 to 40 small letters, digits and _, first a letter; behind = the field is called as it is';
  elsif path !~ '^[^.[:cntrl:]]+(\.[^.[:cntrl:]]+)*$' or octet_length(path) > 200 then
    raise exception 'column %: % is no path of a field', column_name, quote_literal(path)
      using errcode = 'RM503', hint = 'names with dots between, as in station.id; 200 bytes at most';
  end if;
  if column_name in (select r.name from chat.list_reserved_names() as r) then
    raise exception 'a column cannot be called %: that is a word of SQL, or every feed has it', column_name
      using
        errcode = 'RM503',
        hint = format(
          'call it otherwise and name the field behind =, as in the_%s:%s=%s', column_name, v_parts[2], path
        );
  end if;
end
$$;
