-- Stage `guard`: the statement that a gateway prepares, and never runs, before a clause reaches the parser stage.
--
-- Postgres takes no second statement in a prepared one, while `execute` in PL/pgSQL runs every statement of its text,
-- so a function cannot be this stage. Its refusal also tells the place of an error, which PL/pgSQL never learns.
create or replace function chat.guard_statement(p_feed_id integer, p_normalized text)
returns text
language sql
stable
as $$
  -- The newline ends a line comment, should one have passed the words stage.
  select chat.candidate_select(p_feed_id) || e' where (\n' || p_normalized || e'\n)'
$$;
