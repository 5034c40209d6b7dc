-- What is put in place of parts of a clause about times and JSON before the parser reads it (list_replacements).
--
-- `timestamp` becomes timestamptz: a literal of it is a point in time, and the same in every time zone. A text that ->>
-- takes out of JSON gets the columns' collation, which comes with the key: so it is compared as a column of texts is.
create or replace function chat.list_type_replacements(p_feed_id integer, p_clause text)
returns table (place integer, length integer, text text)
language sql
stable
as $$
  select t.place::integer, length(t.token), r.text
  from (
    select l.*, lag(l.token) over (order by l.place) as previous
    from chat.list_clause_tokens(p_clause) as l
    where chat.has_type(p_feed_id, '{timestamptz,jsonb}')
  ) as t
  cross join lateral (
    select case
      when t.kind = 'literal' and t.previous in ('->>', '#>>') then t.token || ' collate chat.code_points'
      when t.kind = 'word'
        and chat.fold_word(t.token) = 'timestamp'
        and (t.next_token like '''%' or not chat.is_column(p_feed_id, t.token))
        then 'timestamptz'
    end
  ) as r(text)
  where r.text is not null
$$;
