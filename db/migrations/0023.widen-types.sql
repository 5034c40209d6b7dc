-- Columns of feeds that operators add: true or false, times, lists of texts, JSON; any of them may be null.
-- depends: 0022.open-feeds

alter table chat.feed_column add column may_be_null boolean not null default false;

update chat.feed_column as c
set may_be_null = c.source = 'message'
from chat.feed as f
where f.feed_id = c.feed_id and f.message_field is null;

comment on column chat.feed_column.may_be_null is
  'A row may hold nothing there, so a clause is tried on NULL, too, and IS NULL makes sense';

comment on column chat.feed_column.max_bytes is
  'Most bytes of a value as text; null for types whose values are all small';

-- What the two feeds of the beginning have no use for stays out of their language, and of the reasons about it.
alter table chat.allowed_word
  drop constraint allowed_word_role_check,
  add column needs_types text[];

alter table chat.allowed_word
  add constraint allowed_word_role_check check (role in ('keyword', 'type', 'function', 'operator'));

comment on table chat.allowed_word is
  'Stage words: what a clause may hold outside literals, besides the feed''s columns; operators that all feeds have '
  'are in check_operator()';

comment on column chat.allowed_word.needs_types is
  'Allowed only in filters of feeds with a column of one of these types; null: in all';

insert into chat.allowed_word (word, role, needs_types)
select w.word, r.role, r.needs_types::text[]
from (
  values
    ('keyword', '{timestamptz}', 'at time zone year quarter month week day hour minute second dow isodow doy'),
    ('type', '{timestamptz}', 'timestamp timestamptz'),
    ('function', '{timestamptz}', 'extract'),
    ('keyword', '{text[]}', 'array any all'),
    ('function', '{text[]}', 'cardinality array_length'),
    ('operator', '{text[]}', '&&'),
    ('operator', '{text[],jsonb}', '@> <@'),
    ('operator', '{jsonb}', '-> ->> #> #>> ? ?| ?&'),
    ('type', '{jsonb}', 'jsonb'),
    ('function', '{jsonb}', 'jsonb_typeof')
) as r(role, needs_types, words)
cross join lateral unnest(string_to_array(r.words, ' ')) as w(word)
on conflict do nothing;

-- So that a text out of JSON is compared as columns of text are (list_replacements puts it there).
insert into chat.allowed_node (node) values ('COLLATEEXPR') on conflict do nothing;

insert into chat.allowed_type (type_name)
values
  ('boolean[]'), ('timestamp with time zone'), ('timestamp with time zone[]'), ('timestamp without time zone'),
  ('jsonb'), ('jsonb[]')
on conflict do nothing;

insert into chat.allowed_function (signature, is_text_work, max_pattern)
select f.signature::regprocedure::text, f.is_text_work, f.max_pattern
from (
  values
    ('timestamptz_eq(timestamptz,timestamptz)', false, null),
    ('timestamptz_ne(timestamptz,timestamptz)', false, null),
    ('timestamptz_lt(timestamptz,timestamptz)', false, null),
    ('timestamptz_le(timestamptz,timestamptz)', false, null),
    ('timestamptz_gt(timestamptz,timestamptz)', false, null),
    ('timestamptz_ge(timestamptz,timestamptz)', false, null),
    ('timezone(text,timestamptz)', false, null),
    ('extract(text,timestamp)', false, null),
    ('array_eq(anyarray,anyarray)', true, null),
    ('array_ne(anyarray,anyarray)', true, null),
    ('cardinality(anyarray)', true, null),
    ('array_length(anyarray,integer)', true, null),
    ('arraycontains(anyarray,anyarray)', true, 250),
    ('arraycontained(anyarray,anyarray)', true, 250),
    ('arrayoverlap(anyarray,anyarray)', true, 250),
    ('jsonb_object_field(jsonb,text)', true, null),
    ('jsonb_object_field_text(jsonb,text)', true, null),
    ('jsonb_array_element(jsonb,integer)', true, null),
    ('jsonb_array_element_text(jsonb,integer)', true, null),
    ('jsonb_extract_path(jsonb,text[])', true, 1000),
    ('jsonb_extract_path_text(jsonb,text[])', true, 1000),
    ('jsonb_exists(jsonb,text)', true, 100),
    ('jsonb_exists_any(jsonb,text[])', true, 250),
    ('jsonb_exists_all(jsonb,text[])', true, 250),
    ('jsonb_contains(jsonb,jsonb)', true, 150),
    ('jsonb_contained(jsonb,jsonb)', true, 150),
    ('jsonb_typeof(jsonb)', true, null),
    ('jsonb_eq(jsonb,jsonb)', true, null),
    ('jsonb_ne(jsonb,jsonb)', true, null),
    ('jsonb_lt(jsonb,jsonb)', true, 100),
    ('jsonb_le(jsonb,jsonb)', true, 100),
    ('jsonb_gt(jsonb,jsonb)', true, 100),
    ('jsonb_ge(jsonb,jsonb)', true, 100)
) as f(signature, is_text_work, max_pattern)
on conflict do nothing;

comment on column chat.allowed_function.is_text_work is
  'It copies or searches its first argument, a text, a list or JSON: a clause may hold setting.max_text_calls of these';

insert into chat.probe_value (type_name, number, value)
values
  ('boolean', 1, 'false'), ('boolean', 2, 'true'), ('boolean', 3, 'false'), ('boolean', 4, 'true'),
  ('boolean', 5, 'true'),
  ('timestamptz', 1, 'epoch'), ('timestamptz', 2, '2026-11-01 12:34:56.789012+00'), ('timestamptz', 3, '-infinity'),
  ('timestamptz', 4, '4713-01-01 00:00:00+00 BC'), ('timestamptz', 5, '294276-12-31 23:59:59.999999+00'),
  ('text[]', 1, '{}'), ('text[]', 2, '{a}'), ('text[]', 3, '{a,NULL,"",a}'), ('text[]', 4, '{NULL}'),
  ('text[]', 5, '{%_,"Bodø/Glimt 東京",long,list,of,tags}'),
  ('jsonb', 1, '{}'), ('jsonb', 2, '{"a": 1, "b": {"c": [1, "x", null, true, {"d": 1e300}]}, "n": null}'),
  ('jsonb', 3, '"text"'), ('jsonb', 4, '[]'), ('jsonb', 5, 'null')
on conflict do nothing;
