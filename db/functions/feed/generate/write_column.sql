-- A column of a feed's table as `create table` and `alter table … add column` write it.
--
-- A row that somebody inserts by hand came now, on the feed's subject.
create or replace function chat.write_column(p_feed chat.feed, p_column chat.feed_column)
returns text
language sql
immutable
as $$
  select format('%I %s', p_column.column_name, chat.column_type(p_column.type_name))
    || case p_column.source
      when 'subject' then format(' not null default %L', p_feed.subject)
      when 'received_at' then ' not null default clock_timestamp()'
      else ''
    end
    || case
      when p_column.max_bytes is not null then
        format(' check (octet_length(%I::text) <= %s)', p_column.column_name, p_column.max_bytes)
      else ''
    end
$$;
