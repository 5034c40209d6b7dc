-- Why a word may not stand in a clause; null if it may.
create or replace function chat.check_word(p_feed_id integer, p_word text, p_next_token text, p_previous_token text)
returns text
language plpgsql
stable
as $$
declare
  v_word text := chat.fold_word(p_word);
  v_is_keyword boolean;
  v_names text[];
begin
  if exists (select from chat.allowed_word as a where a.word = v_word)
    or exists (
      select
      from chat.feed_column as c
      where c.feed_id = p_feed_id and v_word in (c.column_name, chat.fold_word(c.field_name))
    ) then
    return null;
  end if;

  if p_next_token like '''%' and v_word in ('b', 'e', 'n', 'x') then
    return 'a text literal may not have a prefix; write ''text''';
  end if;
  if p_previous_token = '::' then
    v_names := array(select a.word from chat.allowed_word as a where a.role = 'type' order by a.word);
    return format('no type `%s` in filters; types are %s', p_word, array_to_string(v_names, ', '))
      || chat.suggest_name(p_word, v_names);
  end if;
  v_is_keyword := exists (select from pg_get_keywords() as k where k.word = v_word and k.catcode <> 'U');
  if p_next_token = '(' and not v_is_keyword then
    v_names := array(select a.word from chat.allowed_word as a where a.role = 'function' order by a.word);
    return format('no function `%s` in filters; functions are %s', p_word, array_to_string(v_names, ', '))
      || chat.suggest_name(p_word, v_names);
  end if;
  if v_word = 'where' then
    return 'leave `WHERE` out: a filter is what would stand behind it';
  end if;
  if v_is_keyword then
    return format('`%s` is not allowed in a filter; a filter is one condition on the columns of the feed', p_word);
  end if;
  v_names := array(select c.field_name from chat.feed_column as c where c.feed_id = p_feed_id order by c.position);
  return format('no column `%s`; columns are %s', p_word, array_to_string(v_names, ', '))
    || chat.suggest_name(p_word, v_names);
end
$$;
