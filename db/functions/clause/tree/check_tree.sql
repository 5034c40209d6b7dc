-- Stage `tree`: why a condition's parse tree is not allowed; null if it is. The allowed_… tables list what is.
--
-- Postgres's dependencies are no use here: built-in functions are pinned and not recorded. The checks run in this
-- order, and each relies on those before it: nothing is taken out of a tree that is not of the known form.
create or replace function chat.check_tree(p_feed_id integer, p_quals text)
returns text
language sql
stable
as $$
  select coalesce(
    chat.check_nodes(p_quals),
    chat.check_form(p_quals),
    chat.check_calls(p_quals),
    chat.check_values(p_feed_id, p_quals),
    chat.check_collation(p_quals),
    chat.check_arrays(p_quals),
    chat.check_zones(p_quals),
    chat.check_work(p_quals)
  )
$$;
