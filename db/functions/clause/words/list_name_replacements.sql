-- What is put in place of names of columns before the parser reads a clause, as list_replacements has it.
--
-- A field's name (stateSymbol) becomes the column (state_symbol), and within double quotes too, which stay: without
-- them it would run on to what stands right before or behind. A column that Postgres would take for a word of its own
-- gets them.
create or replace function chat.list_name_replacements(p_feed_id integer, p_clause text)
returns table (place integer, length integer, text text)
language sql
stable
as $$
  select t.place::integer, length(t.token), n.text
  from chat.list_clause_tokens(p_clause) as t
  join chat.feed_column as c
    on c.feed_id = p_feed_id
    and (
      (
        t.kind = 'word'
        and (
          chat.fold_word(t.token) = chat.fold_word(c.alias)
          or (chat.fold_word(t.token) = c.column_name and quote_ident(c.column_name) <> c.column_name)
        )
        -- timestamp '2026-11-01' is no column, whatever columns there are.
        and (quote_ident(c.column_name) = c.column_name or coalesce(t.next_token not like '''%', true))
      )
      or (t.kind = 'name' and chat.fold_word(btrim(t.token, '"')) in (c.column_name, chat.fold_word(c.alias)))
    )
  cross join lateral (
    select case t.kind when 'name' then '"' || c.column_name || '"' else quote_ident(c.column_name) end
  ) as n(text)
  where t.token <> n.text
$$;
