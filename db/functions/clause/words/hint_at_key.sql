-- How a value is taken out of the column of JSON that a token names, where a point or a bracket follows; or null.
create or replace function chat.hint_at_key(p_feed_id integer, p_token text)
returns text
language sql
stable
as $$
  select format(
    'a value is taken out of JSON by an arrow: %1$s->>''key'' = ''text'', or %1$s->''key'' > ''5'' for a number',
    p_token
  )
  from chat.feed_column as c
  where c.feed_id = p_feed_id
    and c.type_name = 'jsonb'
    and chat.fold_word(btrim(p_token, '"')) in (c.column_name, chat.fold_word(c.alias))
$$;
