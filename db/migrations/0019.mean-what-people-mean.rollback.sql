do $$
declare
  v_view text;
begin
  for v_view in
    select c.oid::regclass::text
    from pg_class as c
    where c.relnamespace = 'room_filter'::regnamespace and c.relkind = 'v'
  loop
    execute 'drop view ' || v_view;
  end loop;
end
$$;

drop function if exists chat.store_execution(
  bigint[], bytea[], text[], text[], real[], real[], bigint[], text[]
);

alter table chat.filter drop column language, drop column warning;

alter table chat.filter_verdict drop column place;

alter table chat.setting drop column max_number_calls;

update chat.allowed_function set is_number_work = false where signature = 'numeric_uminus(numeric)';

delete from chat.allowed_function
where is_number_work
  or signature in ('sign(numeric)', '"numeric"(smallint)', '"numeric"(integer)', '"numeric"(bigint)');

alter table chat.allowed_function drop column is_number_work;

delete from chat.allowed_word where word in ('cast', 'as', 'escape', 'numeric', 'decimal');

update chat.probe_value set type_name = 'real' where type_name = 'numeric';

delete from chat.feed_column where is_computed;

alter table chat.feed_column
  drop constraint feed_column_type_name_check,
  drop column is_computed,
  drop column value_names;

update chat.feed_column set type_name = 'real' where type_name = 'numeric';

alter table chat.feed_column
  add constraint feed_column_type_name_check check (type_name in ('integer', 'bigint', 'real', 'text'));

alter table chat.execution
  alter column symbol type text collate "default",
  alter column market type text collate "default",
  alter column state_symbol type text collate "default",
  alter column price type real,
  alter column quantity type real;

alter table chat.sport_event
  drop column sport_name,
  alter column match_title type text collate "default",
  alter column data_event type text collate "default";

drop collation chat.code_points;
