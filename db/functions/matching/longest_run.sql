-- The longest part without wildcards of a pattern of LIKE without backslashes, given as a literal: `'%abc_d%'::text`.
create or replace function chat.longest_run(p_constant text)
returns text
language sql
immutable
as $$
  select coalesce((array_agg(r.run order by octet_length(r.run) desc))[1], '')
  from regexp_split_to_table(
    chat.unquote_literal(regexp_replace(p_constant, '::text$', '')), '[%_]+'
  ) as r(run)
$$;
