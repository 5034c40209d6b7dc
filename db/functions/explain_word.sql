-- Why a word may not stand in a clause; null if it may.
create or replace function chat.explain_word(p_feed_id integer, p_word text, p_next_token text)
returns text
language sql
stable
set search_path = pg_catalog, pg_temp
as $$
  select case
    when exists (select from chat.allowed_word as a where a.word = lower(p_word)) then null
    when exists (
      select
      from chat.feed_column as c
      where c.feed_id = p_feed_id and lower(p_word) in (c.column_name, lower(c.field_name))
    ) then null
    when p_next_token = '('
      and not exists (select from pg_get_keywords() as k where k.word = lower(p_word) and k.catcode = 'R') then
      format(
        'no function `%s` in filters; functions are %s',
        p_word, (select string_agg(a.word, ', ' order by a.word) from chat.allowed_word as a where a.role = 'function')
      )
    when exists (select from pg_get_keywords() as k where k.word = lower(p_word) and k.catcode <> 'U')
      then format('`%s` is not allowed in a filter; a filter is one condition on the columns of the feed', p_word)
    else
      format(
        'no column `%s`; columns are %s',
        p_word,
        (
          select string_agg(c.field_name, ', ' order by c.position)
          from chat.feed_column as c
          where c.feed_id = p_feed_id
        )
      )
  end
$$;
