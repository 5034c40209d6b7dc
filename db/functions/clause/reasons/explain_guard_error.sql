-- What it means to the writer of a clause that Postgres did not prepare its guard, with the place in the clause.
--
-- p_position is where in the guard Postgres saw the error, in characters from 1; null if it did not tell. Field names
-- are put as columns in the guard, so what was put before the place is taken off again.
create or replace function chat.explain_guard_error(
  p_feed_id integer,
  p_clause text,
  p_sqlstate text,
  p_message text,
  p_position integer
)
returns text
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Behind an empty clause the guard has two characters more.
  v_place integer := p_position - (length(chat.guard_statement(p_feed_id, '')) - 2);
  v_token record;
begin
  for v_token in
    select t.place, length(c.column_name) - length(t.token) as longer
    from chat.list_clause_tokens(p_clause) as t
    join chat.feed_column as c
      on c.feed_id = p_feed_id and t.kind = 'word' and chat.fold_word(t.token) = chat.fold_word(c.field_name)
    order by t.place
  loop
    if v_token.place < v_place then
      v_place := v_place - v_token.longer;
    end if;
  end loop;
  return (select f.name from chat.feed as f where f.feed_id = p_feed_id) || ' filter: '
    || chat.explain_clause_error(p_feed_id, p_clause, p_sqlstate, p_message, v_place)
    || case when v_place between 1 and length(p_clause) then format(' (at character %s)', v_place) else '' end;
end
$$;
