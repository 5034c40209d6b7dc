-- What clients get of a row of a feed, as an expression over the row r: its message, or the fields of encode_row.
--
-- The gateway puts it into the field chat.feed.message_field, or leaves it as it is if that is null. Whoever evaluates
-- it has UTC as time zone, so that moments are written alike everywhere. A JSON message is in row already.
create or replace function chat.content_expression(p_feed chat.feed)
returns text
language sql
stable
as $$
  select case
    when p_feed.message_field is not null then 'r.message'
    else format(
      'chat.encode_row(%L, (select row_to_json(c) from (select %s) as c), %s)',
      p_feed.name,
      (
        select string_agg(format('r.%I', c.column_name), ', ' order by c.position)
        from chat.feed_column as c
        where c.feed_id = p_feed.feed_id
      ),
      case p_feed.format when 'json' then 'null' else 'r.message' end
    )
  end
$$;
