-- The text of feed.store_<name>, by which the bridge stores rows of a feed: one array per column, as they are sent.
--
-- The table's triggers route the rows. extra_float_digits is for the shortest decimal that a float stands for, and the
-- time zone for moments that are sent without one.
create or replace function chat.write_store(p_feed chat.feed)
returns text
language sql
stable
as $$
  select format(
    'create or replace function feed.%I(p_stream_seq bigint[], p_message bytea[]%s) returns void '
    'language plpgsql volatile security definer set search_path = pg_catalog, pg_temp '
    'set extra_float_digits = 1 set timezone = ''UTC'' as %L',
    'store_' || p_feed.name,
    string_agg(format(', %I %s[]', 'p_' || c.column_name, c.sent_as), '' order by c.position),
    format(
      $body$
begin
  insert into feed.%1$I (stream_seq, message, %2$s)
  select m.stream_seq, m.message, %3$s
  from unnest(p_stream_seq, p_message, %4$s) as m(stream_seq, message, %2$s);
end
$body$,
      p_feed.name,
      string_agg(quote_ident(c.column_name), ', ' order by c.position),
      string_agg(
        format('m.%I', c.column_name) || case
          when c.sent_as = c.type_name then ''
          when c.type_name = 'numeric' then '::text::numeric'
          else '::' || c.type_name
        end,
        ', ' order by c.position
      ),
      string_agg(quote_ident('p_' || c.column_name), ', ' order by c.position)
    )
  )
  from chat.feed_column as c
  where c.feed_id = p_feed.feed_id and not c.is_computed
$$;
