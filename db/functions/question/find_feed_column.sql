-- The column of a feed that a filter may call so, in any case. Raises RM403 and names the columns there are.
create or replace function chat.find_feed_column(p_feed chat.feed, p_column text)
returns chat.feed_column
language plpgsql
stable
as $$
declare
  v_column chat.feed_column;
begin
  select c.*
  into v_column
  from chat.feed_column as c
  where c.feed_id = p_feed.feed_id and chat.fold_word(p_column) in (c.column_name, chat.fold_word(c.alias));
  if not found then
    raise exception '% has no column %', p_feed.name, quote_nullable(p_column)
      using
        errcode = 'RM403',
        hint = (select 'columns are ' || string_agg(c.alias, ', ' order by c.position)
          from chat.feed_column as c where c.feed_id = p_feed.feed_id);
  end if;
  return v_column;
end
$$;
