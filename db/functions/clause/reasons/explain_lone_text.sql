-- What it means that a text in quotes stands where a condition should.
--
-- It may be one more value for the comparison before it: market = 'GOLF' or 'TENNIS'.
create or replace function chat.explain_lone_text(p_feed_id integer, p_clause text, p_text text, p_place integer)
returns text
language sql
stable
as $$
  select format('%L stands where a condition should; ', p_text)
    || case
      when p_text ~ '[<>=]' then 'take the quotes off'
      else coalesce(
        (
          select format('write the comparison again: %s %s %L', t.token, t.next_token, p_text)
          from chat.list_clause_tokens(p_clause) as t
          join chat.feed_column as c
            on c.feed_id = p_feed_id and chat.fold_word(t.token) in (c.column_name, chat.fold_word(c.alias))
          where t.place < p_place
            and chat.fold_word(t.next_token) in ('=', '<>', '!=', '<', '>', '<=', '>=', 'like', 'ilike')
          order by t.place desc
          limit 1
        ),
        'compare it with something'
      )
    end
$$;
