-- Where the names of a column's values are, as `; …` to put behind a reason; nothing if a clause has no such column.
create or replace function chat.hint_at_names(p_feed_id integer, p_clause text)
returns text
language sql
stable
as $$
  select coalesce(
    (
      select format(
        '; the names of %1$s are in %1$s_name: ''%2$s''', c.column_name, array_to_string(c.value_names, ''', ''')
      )
      from chat.list_clause_tokens(p_clause) as t
      join chat.feed_column as c
        on c.feed_id = p_feed_id and c.value_names is not null and c.column_name = chat.fold_word(btrim(t.token, '"'))
      where t.kind in ('word', 'name')
      limit 1
    ),
    ''
  )
$$;
