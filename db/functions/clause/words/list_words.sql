-- The words of a role that filters of a feed may hold: some are for columns that not every feed has.
create or replace function chat.list_words(p_feed_id integer, p_role text)
returns text[]
language sql
stable
as $$
  select array(
    select a.word
    from chat.allowed_word as a
    where a.role = p_role and chat.has_type(p_feed_id, a.needs_types)
    order by a.word
  )
$$;
