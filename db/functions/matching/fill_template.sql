-- A signature's template with an expression in place of each slot. Literals and names in quotes are left as they are.
create or replace function chat.fill_template(p_template text, p_expressions text[])
returns text
language sql
immutable
as $$
  select string_agg(coalesce(p_expressions[m.parts[2]::integer], m.parts[1]), '' order by m.number)
  from regexp_matches(
    p_template, '(''(?:[^'']|'''')*''|"(?:[^"]|"")*"|\$([0-9]+):[a-z]+(?:\[\])?|[^$''"]+|\$)', 'g'
  ) with ordinality as m(parts, number)
$$;
