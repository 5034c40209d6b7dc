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
  if chat.is_word(p_feed_id, v_word, p_next_token) or chat.is_column(p_feed_id, p_word) then
    return null;
  end if;

  if p_next_token like '''%' and v_word in ('b', 'e', 'n', 'x') then
    return 'a text literal may not have a prefix; write ''text''';
  end if;
  if chat.has_type(p_feed_id, '{timestamptz}') and chat.name_clock(v_word) is not null then
    return format('`%s` is not allowed in a filter; %s', p_word, chat.name_clock(v_word));
  end if;
  if p_previous_token ~ '^(->>?|#>>?|\?)$' then
    return format('a key of JSON stands in single quotes: %L', p_word);
  end if;
  if p_previous_token = '::' or chat.fold_word(p_previous_token) = 'as' then
    v_names := chat.list_words(p_feed_id, 'type');
    return format('no type `%s` in filters; types are %s', p_word, array_to_string(v_names, ', '))
      || chat.suggest_name(p_word, v_names);
  end if;
  if v_word in ('none', 'all', 'same') then
    return format('NONE, ALL and SAME stand alone, with nothing else; text stands in single quotes: %L', p_word);
  elsif p_next_token = '.' then
    return format('leave `%s` and the point out; columns and functions are named alone', p_word);
  end if;
  v_is_keyword := exists (select from pg_get_keywords() as k where k.word = v_word and k.catcode <> 'U');
  -- Behind an operator it may be a text without quotes.
  if (v_is_keyword or coalesce(p_previous_token !~ '^[=<>!]+$', true)) and chat.name_instead(v_word) is not null then
    return format('`%s` is not allowed in a filter; write %s', p_word, chat.name_instead(v_word));
  end if;
  if p_next_token = '(' and not v_is_keyword then
    v_names := chat.list_words(p_feed_id, 'function');
    return format('no function `%s` in filters; functions are %s', p_word, array_to_string(v_names, ', '))
      || chat.suggest_name(p_word, v_names);
  end if;
  if v_word = 'where' then
    return 'leave `WHERE` out: a filter is what would stand behind it';
  end if;
  if v_is_keyword then
    return format('`%s` is not allowed in a filter; a filter is one condition on the columns of the feed', p_word);
  end if;
  v_names := array(select c.alias from chat.feed_column as c where c.feed_id = p_feed_id order by c.position);
  return format('no column `%s`; columns are %s', p_word, array_to_string(v_names, ', '))
    || chat.suggest_name(p_word, v_names);
end
$$;
