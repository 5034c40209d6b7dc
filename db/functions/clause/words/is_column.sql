-- Whether a word names a column of a feed that filters may name, as the table or the message calls it, in any case.
create or replace function chat.is_column(p_feed_id integer, p_word text)
returns boolean
language sql
stable
as $$
  select exists (
    select
    from chat.feed_column as c
    where c.feed_id = p_feed_id and chat.fold_word(p_word) in (c.column_name, chat.fold_word(c.alias))
  )
$$;
