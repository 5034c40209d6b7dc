-- What it means to the writer of a clause that Postgres did not prepare its guard, and where in the clause it is.
--
-- p_position is where in the guard Postgres saw the error, in characters from 1; null if it did not tell. Parts of the
-- clause are replaced in the guard (list_replacements), so what that put before the place is taken off again. The place
-- is null where nothing can be marked.
create or replace function chat.explain_guard_error(
  p_feed_id integer,
  p_clause text,
  p_sqlstate text,
  p_message text,
  p_position integer,
  out reason text,
  out place integer
)
language plpgsql
stable
security definer
set search_path = pg_catalog, pg_temp
as $$
declare
  -- Behind an empty clause the guard has two characters more.
  v_place integer := p_position - (length(chat.guard_statement(p_feed_id, '')) - 2);
  v_part record;
begin
  for v_part in select r.* from chat.list_replacements(p_feed_id, p_clause) as r order by r.place loop
    if v_part.place < v_place then
      -- An error within a replacement is at its beginning.
      v_place := greatest(v_part.place, v_place - (length(v_part.text) - v_part.length));
    end if;
  end loop;
  select e.reason, e.place
  into reason, place
  from chat.explain_clause_error(p_feed_id, p_clause, p_sqlstate, p_message, v_place) as e;
  reason := (select f.name from chat.feed as f where f.feed_id = p_feed_id) || ' filter: '
    || chat.name_place(reason, place);
end
$$;
