delete from chat.probe_value where type_name in ('boolean', 'timestamptz', 'text[]', 'jsonb');

delete from chat.allowed_function
where signature ~ '^(timestamptz_..\(|timezone\(|jsonb_|array|cardinality\()' or signature ~ '^"?extract"?\(';

delete from chat.allowed_type
where type_name in (
  'boolean[]', 'timestamp with time zone', 'timestamp with time zone[]', 'timestamp without time zone', 'jsonb',
  'jsonb[]'
);

delete from chat.allowed_node where node = 'COLLATEEXPR';

delete from chat.allowed_word where needs_types is not null;

alter table chat.allowed_word
  drop constraint allowed_word_role_check,
  drop column needs_types;

alter table chat.allowed_word
  add constraint allowed_word_role_check check (role in ('keyword', 'type', 'function'));

alter table chat.feed_column drop column may_be_null;

comment on column chat.feed_column.max_bytes is null;

comment on table chat.allowed_word is
  'Stage words: what a clause may hold outside literals, besides the feed''s columns';

comment on column chat.allowed_function.is_text_work is
  'It copies or searches its first argument: a clause may hold setting.max_text_calls of these';
