-- What clients get of a row of a feed, as an expression over the row r: its message, or the fields feed, row and
-- rowbytes of a chatmessage.
--
-- The gateway puts it into the field chat.feed.message_field, or leaves it as it is if that is null. Whoever evaluates
-- it has UTC as time zone, so that moments are written alike everywhere. A JSON message is in row already.
-- It is run for every row, so the feed's field is a literal, and the row's text a column that offset keeps one:
-- Postgres inlines a function that uses its argument twice only then, and calls took four times as long.
create or replace function chat.content_expression(p_feed chat.feed)
returns text
language sql
stable
as $$
  select case
    when p_feed.message_field is not null then 'r.message'
    else format(
      '(select %L::bytea || chat.encode_bytes(18, _e.content)%s from ('
      'select convert_to(row_to_json(_c)::text, ''UTF8'') as content from (select %s) as _c offset 0'
      ') as _e)',
      chat.encode_text(17, p_feed.name),
      case p_feed.format when 'json' then '' else ' || chat.encode_bytes(19, r.message)' end,
      (
        select string_agg(format('r.%I', c.column_name), ', ' order by c.position)
        from chat.feed_column as c
        where c.feed_id = p_feed.feed_id
      )
    )
  end
$$;
