-- A value as a clause writes it, of its text in UTC and ISO; null for what no clause can say.
--
-- Numbers that are too long for a clause are understood in quotes.
create or replace function chat.write_literal(p_type_name text, p_value text)
returns text
language sql
immutable
as $$
  select case
    when p_type_name = 'boolean' then p_value
    when p_type_name = 'timestamptz' then case when p_value !~ 'BC' then 'timestamp ' || l.literal end
    when p_type_name in ('text', 'text[]') or chat.check_number(ltrim(p_value, '-')) is not null then l.literal
    else p_value
  end
  from (select '''' || replace(p_value, '''', '''''') || '''') as l(literal)
  where chat.check_literal(l.literal, true, null) is null
$$;
