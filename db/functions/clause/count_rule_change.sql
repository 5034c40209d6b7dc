-- Counts a change of the tables that say what a filter may do: verdicts from before it no longer count.
--
-- A count and no deletion: who validates while the change is not committed still sees the old rules, and remembers its
-- verdict with the old count.
create or replace function chat.count_rule_change()
returns trigger
language plpgsql
volatile
security definer
set search_path = pg_catalog, pg_temp
as $$
begin
  update chat.filter_rules as r set changes = r.changes + 1;
  return null;
end
$$;

create or replace trigger count_rule_change
after insert or update or delete or truncate on chat.allowed_word
for each statement execute function chat.count_rule_change();

create or replace trigger count_rule_change
after insert or update or delete or truncate on chat.allowed_node
for each statement execute function chat.count_rule_change();

create or replace trigger count_rule_change
after insert or update or delete or truncate on chat.allowed_type
for each statement execute function chat.count_rule_change();

create or replace trigger count_rule_change
after insert or update or delete or truncate on chat.allowed_function
for each statement execute function chat.count_rule_change();

create or replace trigger count_rule_change
after insert or update or delete or truncate on chat.probe_value
for each statement execute function chat.count_rule_change();

create or replace trigger count_rule_change
after insert or update or delete or truncate on chat.feed_column
for each statement execute function chat.count_rule_change();

create or replace trigger count_rule_change
after insert or update or delete or truncate on chat.setting
for each statement execute function chat.count_rule_change();
