-- What is put in place of parts of a clause before the parser reads it: each part's place, length, and what stands
-- there.
--
-- A field's name (stateSymbol) becomes the column (state_symbol), and within double quotes too, which stay: without
-- them it would run on to what stands right before or behind. `%%` becomes `%`. A pattern with an ESCAPE of one
-- character, or none, becomes one with backslashes, as LIKE takes it without: still a literal.
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
  select t.place, length(t.token), n.text
  from token as t
  join chat.feed_column as c
    on c.feed_id = p_feed_id
    and (
      (t.kind = 'word' and chat.fold_word(t.token) = chat.fold_word(c.alias))
      or (t.kind = 'name' and chat.fold_word(btrim(t.token, '"')) in (c.column_name, chat.fold_word(c.alias)))
    )
  cross join lateral (
    select case t.kind when 'name' then '"' || c.column_name || '"' else c.column_name end
  ) as n(text)
  where t.token <> n.text
  union all
  select t.place, length(t.token), '%'
  from token as t
  where t.kind = 'operator' and t.token = '%%'
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
