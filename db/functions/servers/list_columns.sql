-- The columns of a table or view, as they stand in a definition; null if there is none.
create or replace function chat.list_columns(p_table regclass)
returns text
language sql
stable
as $$
  select string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', ' order by a.attnum)
  from pg_attribute as a
  where a.attrelid = p_table and a.attnum > 0 and not a.attisdropped
$$;
