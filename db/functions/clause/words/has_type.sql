-- Whether a feed has a column of one of some types; null stands for all feeds.
create or replace function chat.has_type(p_feed_id integer, p_type_names text[])
returns boolean
language sql
stable
as $$
  select p_type_names is null
    or exists (
      select from chat.feed_column as c where c.feed_id = p_feed_id and c.type_name = any (p_type_names)
    )
$$;
