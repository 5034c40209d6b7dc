-- Why a name in double quotes may not stand in a clause; null if it is a column's. Capitals and small letters are one.
create or replace function chat.check_name(p_feed_id integer, p_token text)
returns text
language sql
stable
as $$
  select format('no column %s; columns are %s; text stands in single quotes: %L', p_token, c.names, n.name)
  from (select replace(substr(p_token, 2, length(p_token) - 2), '""', '"')) as n(name)
  cross join lateral (
    select
      string_agg(c.alias, ', ' order by c.position) as names,
      bool_or(chat.fold_word(n.name) in (c.column_name, chat.fold_word(c.alias))) as is_one
    from chat.feed_column as c
    where c.feed_id = p_feed_id
  ) as c
  where not c.is_one
$$;
