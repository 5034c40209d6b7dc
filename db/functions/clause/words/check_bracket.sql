-- Why a square bracket may not stand in a clause; null if it may: in array['x', 'y'], and in the type text[].
create or replace function chat.check_bracket(p_feed_id integer, p_token text, p_next_token text, p_previous_token text)
returns text
language sql
stable
as $$
  select case
    when p_token = '[' and chat.hint_at_key(p_feed_id, p_previous_token) is not null
      then chat.hint_at_key(p_feed_id, p_previous_token)
    when not chat.has_type(p_feed_id, '{text[]}') then chat.explain_character(p_token)
    when p_token = ']' or chat.fold_word(p_previous_token) = 'array' then null
    when chat.fold_word(p_previous_token) = 'text' and p_next_token = ']' then null
    else 'an element is not picked by its number in a filter; write ''x'' = any(…), or array[''x''] for a list'
  end
$$;
