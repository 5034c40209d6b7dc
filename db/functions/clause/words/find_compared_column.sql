-- The column, of numbers or other types, that a clause compares the token at a place with; nulls if it cannot be told.
--
-- It is the nearest column before the token, or else behind it, with no end of a comparison between them. Returns its
-- name, how the clause's writer calls it, and where, in characters from 1.
create or replace function chat.find_compared_column(
  p_feed_id integer,
  p_clause text,
  p_place integer,
  p_types text[] default '{integer,bigint,numeric}',
  out column_name text,
  out written text,
  out place integer
)
language sql
stable
as $$
  with token as materialized (
    select t.place, t.kind, t.token, chat.fold_word(btrim(t.token, '"')) as word
    from chat.list_clause_tokens(p_clause) as t
  )
  select c.column_name, t.token, t.place::integer
  from token as t
  join chat.feed_column as c
    on c.feed_id = p_feed_id
    and c.type_name = any (p_types)
    and t.kind in ('word', 'name')
    and t.word in (c.column_name, chat.fold_word(c.alias))
  cross join lateral (
    select
      count(*) filter (where b.word in ('or', 'case', 'when', 'then', 'else')) as ends,
      -- The `and` of `between` ends nothing.
      count(*) filter (where b.word = 'and') - count(*) filter (where b.word = 'between') as ands
    from token as b
    where b.place between least(p_place, t.place) and greatest(p_place, t.place) and b.kind <> 'literal'
  ) as b
  where b.ends = 0 and b.ands <= 0
  order by t.place < p_place desc, abs(t.place - p_place)
  limit 1
$$;
