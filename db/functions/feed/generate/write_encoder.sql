-- The text of feed.encode_<name>, a trigger that makes the message of a row stored without one; null if it cannot be.
--
-- The bridge stores messages as they arrived, so this never runs for its rows.
create or replace function chat.write_encoder(p_feed chat.feed)
returns text
language sql
stable
as $$
  select format(
    'create or replace function feed.%I() returns trigger language plpgsql volatile security definer '
    'set search_path = pg_catalog, pg_temp as %L',
    'encode_' || p_feed.name,
    format(
      e'\nbegin\n  new.message := %s;\n  return new;\nend\n',
      string_agg(
        case c.sent_as
          when 'text' then format('chat.encode_text(%s, new.%I)', c.field_number, c.column_name)
          when 'real' then format('chat.encode_float(%s, new.%I::real)', c.field_number, c.column_name)
          else format('chat.encode_number(%s, new.%I)', c.field_number, c.column_name)
        end,
        e'\n    || ' order by c.field_number
      )
    )
  )
  from chat.feed_column as c
  where c.feed_id = p_feed.feed_id and not c.is_computed
  having count(*) = count(c.field_number)
$$;
