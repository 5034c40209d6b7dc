-- Whether a word of the language may stand in a feed's filter, before the token that follows it.
--
-- ALL is also the word that filters everything out, so it and ANY are words only where their parenthesis follows.
create or replace function chat.is_word(p_feed_id integer, p_word text, p_next_token text)
returns boolean
language sql
stable
as $$
  select exists (
      select
      from chat.allowed_word as a
      where a.word = p_word and a.role <> 'operator' and chat.has_type(p_feed_id, a.needs_types)
    )
    and case
      when p_word in ('any', 'all') then coalesce(p_next_token = '(', false)
      when p_word = 'array' then coalesce(p_next_token = '[', false)
      else true
    end
$$;
