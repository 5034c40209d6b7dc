-- Numbers as decimals, as they were sent; sports by name; texts in one order, whatever the database's locale is.
-- depends: 0018.remember-timeline

-- Rows that a running bridge writes before the new function is there would be stored with six digits: it waits.
drop function if exists chat.store_execution(
  bigint[], bytea[], text[], text[], real[], real[], bigint[], text[]
);

-- They name the columns. `migrate` makes them again (renew_filters), after it has judged their filters anew.
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

-- By code points, with Unicode's capitals and small letters, one for one. PostgreSQL 16 has it from the system only.
do $$
begin
  if current_setting('server_version_num')::integer >= 170000 then
    create collation chat.code_points (provider = builtin, locale = 'C.UTF-8');
  else
    begin
      create collation chat.code_points (provider = libc, locale = 'C.UTF-8');
    exception
      when others then
        -- The system has no such locale. `migrate` warns: only ASCII has capitals then.
        create collation chat.code_points (provider = libc, locale = 'C');
    end;
  end if;
end
$$;

comment on collation chat.code_points is
  'How filters compare texts: by code points, with Unicode''s capitals and small letters, in every database alike';

alter table chat.sport_event
  alter column match_title type text collate chat.code_points,
  alter column data_event type text collate chat.code_points,
  add column sport_name text collate chat.code_points generated always as (
    case sport
      when 1 then 'BASEBALL'
      when 2 then 'BASKETBALL'
      when 3 then 'FOOTBALL'
      when 4 then 'BOXING'
      when 5 then 'GOLF'
      when 6 then 'NASCAR'
      when 7 then 'TENNIS'
    end
  ) stored;

comment on column chat.sport_event.sport_name is 'The name of sport in event.proto; null for one that it does not know';

-- The shortest decimal that the wire's float stands for, whatever is set for the session.
set local extra_float_digits = 1;

alter table chat.execution
  alter column symbol type text collate chat.code_points,
  alter column market type text collate chat.code_points,
  alter column state_symbol type text collate chat.code_points,
  alter column price type numeric using price::text::numeric,
  alter column quantity type numeric using quantity::text::numeric;

comment on column chat.execution.price is 'The shortest decimal that the float sent stands for: 99.99 is 99.99';

comment on column chat.execution.quantity is 'As price is';

alter table chat.feed_column
  drop constraint feed_column_type_name_check,
  add column is_computed boolean not null default false,
  add column value_names text[];

update chat.feed_column set type_name = 'numeric' where type_name = 'real';

alter table chat.feed_column
  add constraint feed_column_type_name_check check (type_name in ('integer', 'bigint', 'numeric', 'text'));

comment on column chat.feed_column.is_computed is 'Postgres makes it of other columns, so the bridge does not fill it';

comment on column chat.feed_column.value_names is
  'Names of the values 1, 2, …; the column <column_name>_name holds them. Null if the values have no names';

update chat.feed_column
set value_names = '{BASEBALL,BASKETBALL,FOOTBALL,BOXING,GOLF,NASCAR,TENNIS}'
where feed_id = 1 and column_name = 'sport';

insert into chat.feed_column (feed_id, position, column_name, field_name, type_name, max_bytes, is_computed)
values (1, 4, 'sport_name', 'sport_name', 'text', 16, true);

update chat.probe_value set type_name = 'numeric' where type_name = 'real';

comment on table chat.probe_value is
  'Stage trial: the clause is run on one row per number, made of these values. '
  'The extremes of numbers are left out: they would refuse sport + 1';

insert into chat.allowed_word (word, role)
values
  ('cast', 'keyword'), ('as', 'keyword'), ('escape', 'keyword'), ('numeric', 'type'), ('decimal', 'type')
on conflict do nothing;

-- Arithmetic on decimals, which 0006 left out: `max_number_calls` and check_literals keep it cheap.
alter table chat.allowed_function add column is_number_work boolean not null default false;

comment on column chat.allowed_function.is_number_work is
  'It makes a decimal of decimals, which may have as many digits as they together: setting.max_number_calls of these';

comment on column chat.allowed_function.max_pattern is
  'Its last argument must be a literal: a text of at most so many bytes, or a number of at most this. Null: anything';

insert into chat.allowed_function (signature, is_number_work, max_pattern)
select f.signature::regprocedure::text, f.is_number_work, f.max_pattern
from (
  values
    ('numeric_add(numeric,numeric)', true, null),
    ('numeric_sub(numeric,numeric)', true, null),
    ('numeric_uplus(numeric)', true, null),
    ('numeric_mul(numeric,numeric)', true, null),
    ('numeric_div(numeric,numeric)', true, null),
    ('numeric_mod(numeric,numeric)', true, null),
    ('mod(numeric,numeric)', true, null),
    ('abs(numeric)', true, null),
    ('round(numeric)', true, null),
    ('trunc(numeric)', true, null),
    ('floor(numeric)', true, null),
    ('ceil(numeric)', true, null),
    ('ceiling(numeric)', true, null),
    ('sign(numeric)', false, null),
    ('round(numeric,integer)', true, 15),
    ('trunc(numeric,integer)', true, 15),
    ('numeric(smallint)', false, null),
    ('numeric(integer)', false, null),
    ('numeric(bigint)', false, null)
) as f(signature, is_number_work, max_pattern)
on conflict do nothing;

update chat.allowed_function set is_number_work = true where signature = 'numeric_uminus(numeric)';

alter table chat.setting add column max_number_calls integer not null default 20;

comment on column chat.setting.max_number_calls is
  'Most operations + - * / % and roundings to places, of decimals, in a clause';

comment on column chat.setting.max_clause_nodes is
  'Most nodes in a clause''s parse tree; the values of a list behind IN are not counted';

-- What a filter's text means may change with a version of ours: then it is judged anew.
alter table chat.filter
  add column language smallint not null default 1,
  add column warning text;

comment on column chat.filter.language is 'language_version() when it was judged';

comment on column chat.filter.warning is 'What whoever sets it is told though it is allowed: why it can never be true';

alter table chat.filter_verdict
  add column place integer;

comment on column chat.filter_verdict.place is
  'Where in the clause the reason is, in characters from 1; null if it is about the whole';
