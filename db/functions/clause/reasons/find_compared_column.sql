-- The column of numbers that a clause compares a text literal with, as its writer calls it; null if it cannot be told.
--
-- p_place is the literal's, in characters from 1, or null: then the first literal that holds the text. It is the
-- nearest column before the literal, or else behind it, with no end of a comparison between them.
create or replace function chat.find_compared_column(p_feed_id integer, p_clause text, p_text text, p_place integer)
returns text
language sql
stable
as $$
  with token as materialized (
    select t.place, t.kind, t.token, chat.fold_word(t.token) as word from chat.list_clause_tokens(p_clause) as t
  ),
  literal as (
    select t.place
    from token as t
    where t.kind = 'literal'
      and t.token = '''' || replace(p_text, '''', '''''') || ''''
      and (p_place is null or t.place = p_place)
    order by t.place
    limit 1
  )
  select t.token
  from literal as l
  cross join token as t
  join chat.feed_column as c
    on c.feed_id = p_feed_id
    and c.type_name <> 'text'
    and t.kind = 'word'
    and t.word in (c.column_name, chat.fold_word(c.field_name))
  cross join lateral (
    select
      count(*) filter (where b.word in ('or', 'case', 'when', 'then', 'else')) as ends,
      -- The `and` of `between` ends nothing.
      count(*) filter (where b.word = 'and') - count(*) filter (where b.word = 'between') as ands
    from token as b
    where b.place between least(l.place, t.place) and greatest(l.place, t.place)
  ) as b
  where b.ends = 0 and b.ands <= 0
  order by t.place < l.place desc, abs(t.place - l.place)
  limit 1
$$;
