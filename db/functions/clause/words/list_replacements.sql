-- What is put in place of parts of a clause before the parser reads it: each part's place, length, and what stands
-- there.
--
-- `%%` becomes `%`. A pattern with an ESCAPE of one character, or none, becomes one with backslashes, as LIKE takes it
-- without: still a literal. The rest are names (list_name_replacements), and what columns of some types need
-- (list_type_replacements).
create or replace function chat.list_replacements(p_feed_id integer, p_clause text)
returns table (place integer, length integer, text text)
language sql
stable
as $$
  with token as materialized (
    select
      t.place::integer,
      t.kind,
      t.token,
      chat.fold_word(lag(t.token) over w) as previous,
      chat.fold_word(t.next_token) as next,
      lead(t.kind, 2) over w as escape_kind,
      lead(t.token, 2) over w as escape,
      (lead(t.place, 2) over w)::integer as escape_place
    from chat.list_clause_tokens(p_clause) as t
    window w as (order by t.place)
  )
  select r.place, r.length, r.text
  from chat.list_name_replacements(p_feed_id, p_clause) as r
  union all
  select t.place, length(t.token), '%'
  from token as t
  where t.kind = 'operator' and t.token = '%%'
  union all
  select r.place, r.length, r.text
  from chat.list_type_replacements(p_feed_id, p_clause) as r
  union all
  select
    t.place,
    t.escape_place + length(t.escape) - t.place,
    '''' || replace(p.pattern, '''', '''''') || ''''
  from token as t
  cross join lateral (
    -- like_escape raises for an escape of several characters; the parser stage refuses it.
    select case
      when length(chat.unquote_literal(t.escape)) <= 1
        then like_escape(chat.unquote_literal(t.token), chat.unquote_literal(t.escape))
    end
  ) as p(pattern)
  where t.kind = 'literal'
    and t.previous in ('like', 'ilike')
    and t.next = 'escape'
    and t.escape_kind = 'literal'
    and exists (select from chat.allowed_word as a where a.word = 'escape')
    and p.pattern is not null
$$;
