-- The text that makes the table of a feed that is added. Every column of a message may be null: it need not be sent.
create or replace function chat.write_table(p_feed chat.feed)
returns text
language sql
stable
as $$
  select format(
    'create table feed.%1$I (%2$I bigserial primary key, %3$s, message bytea, stream_seq bigint) '
    'partition by range (%2$I); alter table feed.%1$I alter column message set storage external',
    p_feed.name,
    p_feed.key_column,
    string_agg(chat.write_column(p_feed, c), ', ' order by c.position)
  )
  from chat.feed_column as c
  where c.feed_id = p_feed.feed_id
$$;
