-- What a filter may say: words, types, functions and tree nodes, and the limits. An operator can narrow them.
-- depends: 0005.create-filters

create table chat.allowed_word (
  word text primary key check (word = lower(word)),
  role text not null check (role in ('keyword', 'type', 'function'))
);

comment on table chat.allowed_word is
  'First gate: the words that a clause may hold outside literals, besides the feed''s columns';

insert into chat.allowed_word (word, role)
select word, 'keyword'
from unnest(string_to_array(
  'and or not in between symmetric asymmetric like ilike is null true false unknown distinct from case when then else '
  'end for both leading trailing', ' '
)) as word;

insert into chat.allowed_word (word, role)
select word, 'type'
from unnest(string_to_array('integer int smallint bigint real float double precision text boolean', ' ')) as word;

insert into chat.allowed_word (word, role)
select word, 'function'
from unnest(string_to_array(
  'coalesce nullif greatest least lower upper length char_length abs round floor ceil ceiling trunc mod sign position '
  'strpos starts_with substring substr left right trim btrim ltrim rtrim', ' '
)) as word;

create table chat.allowed_node (
  node text primary key
);

comment on table chat.allowed_node is 'Third gate: the nodes that a clause''s parse tree may hold';

insert into chat.allowed_node (node)
select node
from unnest(string_to_array(
  'VAR CONST BOOLEXPR OPEXPR FUNCEXPR SCALARARRAYOPEXPR ARRAYEXPR DISTINCTEXPR NULLIFEXPR NULLTEST BOOLEANTEST '
  'CASEEXPR CASEWHEN CASETESTEXPR COALESCEEXPR MINMAXEXPR RELABELTYPE', ' '
)) as node;

create table chat.allowed_type (
  type_name text primary key check (to_regtype(type_name) is not null)
);

comment on table chat.allowed_type is 'Third gate: the types that anything in a clause''s parse tree may have';

insert into chat.allowed_type (type_name)
select type_name
from unnest(string_to_array(
  'boolean,smallint,integer,bigint,real,double precision,numeric,text,integer[],bigint[],real[],double precision[],'
  'numeric[],text[]',
  ','
)) as type_name;

create table chat.allowed_function (
  signature text primary key check (to_regprocedure(signature) is not null)
);

comment on table chat.allowed_function is
  'Third gate: the functions, and those behind operators and casts, that a clause may call. '
  'All are immutable and cheap';

-- Comparison and LIKE over the allowed scalar types.
insert into chat.allowed_function (signature)
select distinct o.oprcode::regprocedure::text
from pg_operator as o
where o.oprnamespace = 'pg_catalog'::regnamespace
  and o.oprname in ('=', '<>', '<', '>', '<=', '>=', '~~', '!~~', '~~*', '!~~*')
  and o.oprleft::regtype::text in (select type_name from chat.allowed_type where right(type_name, 2) <> '[]')
  and o.oprright::regtype::text in (select type_name from chat.allowed_type where right(type_name, 2) <> '[]');

-- Arithmetic, but never on numeric: (1e65000 - 1) * (1e65000 - 1) takes tens of milliseconds a row.
insert into chat.allowed_function (signature)
select distinct o.oprcode::regprocedure::text
from pg_operator as o
where o.oprnamespace = 'pg_catalog'::regnamespace
  and o.oprname in ('+', '-', '*', '/', '%')
  and (o.oprleft = 0 or o.oprleft::regtype::text in ('smallint', 'integer', 'bigint', 'real', 'double precision'))
  and o.oprright::regtype::text in ('smallint', 'integer', 'bigint', 'real', 'double precision')
  and o.oprresult::regtype::text in ('smallint', 'integer', 'bigint', 'real', 'double precision');

-- The sign of a literal, and casts that Postgres puts between numbers. Nothing makes a numeric of a column.
insert into chat.allowed_function (signature)
select distinct c.castfunc::regprocedure::text
from pg_cast as c
where c.castfunc <> 0
  and c.castsource::regtype::text in ('smallint', 'integer', 'bigint', 'real', 'double precision', 'numeric')
  and c.casttarget::regtype::text in ('smallint', 'integer', 'bigint', 'real', 'double precision')
union
select 'numeric_uminus(numeric)';

insert into chat.allowed_function (signature)
select signature
from unnest(array[
  'lower(text)', 'upper(text)', 'length(text)', 'char_length(text)', 'character_length(text)',
  'abs(smallint)', 'abs(integer)', 'abs(bigint)', 'abs(real)', 'abs(double precision)',
  'round(double precision)', 'floor(double precision)', 'ceil(double precision)', 'ceiling(double precision)',
  'trunc(double precision)', 'sign(double precision)',
  'mod(smallint,smallint)', 'mod(integer,integer)', 'mod(bigint,bigint)',
  'position(text,text)', 'strpos(text,text)', 'starts_with(text,text)',
  'substring(text,integer)', 'substring(text,integer,integer)', 'substr(text,integer)', 'substr(text,integer,integer)',
  '"left"(text,integer)', '"right"(text,integer)',
  'btrim(text)', 'ltrim(text)', 'rtrim(text)', 'btrim(text,text)', 'ltrim(text,text)', 'rtrim(text,text)'
]) as signature
on conflict do nothing;

create table chat.probe_value (
  type_name text not null,
  number integer not null,
  value text not null,
  primary key (type_name, number)
);

comment on table chat.probe_value is
  'Fourth gate: the clause is run on a row a number, made of these values. '
  'Integer extremes are left out: they would refuse sport + 1';

insert into chat.probe_value (type_name, number, value)
values
  ('integer', 1, '0'), ('integer', 2, '1'), ('integer', 3, '-1'), ('integer', 4, '7'), ('integer', 5, '1000'),
  ('bigint', 1, '0'), ('bigint', 2, '1'), ('bigint', 3, '-1'), ('bigint', 4, '1700000000'),
  ('bigint', 5, '1000000000000'),
  ('real', 1, '0'), ('real', 2, '1'), ('real', 3, '-1.5'), ('real', 4, '1e9'), ('real', 5, '-1e-9'),
  ('text', 1, ''), ('text', 2, 'a'), ('text', 3, '%_'), ('text', 4, 'Bodø/Glimt 東京'),
  ('text', 5, repeat('long text ', 100));

create table chat.filter_verdict (
  feed_id smallint not null references chat.feed,
  clause_hash text not null,
  filter_id integer references chat.filter,
  reason text,
  decided_at timestamptz not null default now(),
  primary key (feed_id, clause_hash),
  check ((filter_id is null) <> (reason is null))
);

comment on table chat.filter_verdict is 'What was decided about a clause lately, so that asking again costs nothing';

alter table chat.setting
  add column max_clause_bytes integer not null default 2000,
  add column max_clause_depth integer not null default 40,
  add column max_clause_nodes integer not null default 300,
  add column max_probe_time interval not null default '50 ms',
  add column probe_rows integer not null default 100,
  add column verdict_memory interval not null default '10 minutes';

comment on column chat.setting.max_clause_bytes is 'Longest filter clause, in bytes of UTF-8';

comment on column chat.setting.max_clause_depth is 'Deepest nesting of parentheses in a clause';

comment on column chat.setting.max_clause_nodes is 'Most nodes in a clause''s parse tree';

comment on column chat.setting.max_probe_time is
  'Longest that a clause may take on the probe rows and the newest stored rows together';

comment on column chat.setting.probe_rows is 'How many of the newest stored rows a clause is tried on';

comment on column chat.setting.verdict_memory is 'How long a verdict about a clause is remembered';
