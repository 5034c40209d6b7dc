-- A feed is a row that an operator adds: its table is in schema feed, and its functions are generated of its rows here.
-- depends: 0021.announce-rooms

-- Of its own, so that no feed's name clashes with a table of ours, now or later.
create schema feed;

comment on schema feed is 'One table per feed, feed.<name>, and the functions that store its rows';

alter table chat.sport_event set schema feed;

alter table chat.execution set schema feed;

alter table chat.feed
  drop constraint feed_feed_id_check,
  drop constraint feed_name_check,
  -- Each feed gets what comes on its subjects, whoever else does.
  drop constraint feed_subject_key,
  add constraint feed_feed_id_check check (feed_id between 1 and 9999),
  add constraint feed_name_check check (name ~ '^[a-z][a-z0-9_]{0,30}$'),
  alter column message_type drop not null,
  alter column message_field drop not null,
  alter column filter_field drop not null,
  add column format text not null default 'protobuf' check (format in ('protobuf', 'json', 'text')),
  add column descriptor bytea,
  add column state text not null default 'active' check (state in ('active', 'paused', 'removed')),
  -- What a room that nobody gave a filter of this feed has.
  add column default_clause text not null default 'NONE' check (default_clause in ('NONE', 'ALL')),
  add constraint feed_message_type_check check ((message_type is not null) = (format = 'protobuf')),
  -- Both for the feeds that the original had, or neither.
  add constraint feed_fields_check check ((message_field is null) = (filter_field is null));

comment on table chat.feed is 'One row per feed. Its rows are in feed.<name>';

comment on column chat.feed.subject is
  'NATS subject it comes on, with wildcards if wanted, unless the environment names another';

comment on column chat.feed.message_type is 'Protobuf message it carries, if that is its format';

comment on column chat.feed.descriptor is 'FileDescriptorSet that has message_type; null if the bridge has it';

comment on column chat.feed.message_field is
  'Number of the chatmessage field that carries the feed message; null: fields feed, row and rowbytes do';

comment on column chat.feed.filter_field is
  'Number of the chatmessage field that carries the room''s filter of this feed; null: one of filters does';

comment on column chat.feed.state is
  'paused: what comes is not taken. removed: its rows are kept for the rooms'' history, and nobody can filter by it';

comment on column chat.feed.default_clause is
  'The filter of a room that nobody gave one of this feed. NONE is written down for each room, ALL is not';

create sequence chat.feed_feed_id_seq as smallint start with 100 maxvalue 9999 owned by chat.feed.feed_id;

comment on sequence chat.feed_feed_id_seq is
  'Feeds that operators add are numbered from 100; those below come with migrations';

alter table chat.feed
  alter column feed_id set default nextval('chat.feed_feed_id_seq'),
  alter column default_clause set default 'ALL';

alter table chat.feed_column
  drop constraint feed_column_type_name_check,
  drop constraint feed_column_check,
  add constraint feed_column_type_name_check check (
    type_name in ('text', 'boolean', 'integer', 'bigint', 'numeric', 'timestamptz', 'text[]', 'jsonb')
  ),
  add constraint feed_column_max_bytes_check check (
    (max_bytes is not null) = (type_name in ('text', 'text[]', 'jsonb'))
  ),
  add column alias text,
  add column source text not null default 'message' check (source in ('message', 'subject', 'received_at')),
  add column sent_as text,
  add column field_number smallint;

update chat.feed_column as c
set
  alias = c.field_name,
  sent_as = case c.type_name when 'numeric' then 'real' else c.type_name end,
  field_number = case when not c.is_computed then
    case c.column_name
      when 'sport' then 1 when 'match_title' then 2 when 'data_event' then 3
      when 'symbol' then 1 when 'market' then 2 when 'price' then 3 when 'quantity' then 4
      when 'execution_epoch' then 5 when 'state_symbol' then 6
    end
  end;

alter table chat.feed_column
  alter column alias set not null,
  alter column sent_as set not null;

comment on column chat.feed_column.alias is 'What a filter may call it, too: executionEpoch; else its own name';

comment on table chat.feed_column is
  'The columns of a feed that a filter may name: as stored (column_name), and where in the feed message (field_name)';

comment on column chat.feed_column.source is 'What fills it: a field of the message, or what NATS tells of the message';

comment on column chat.feed_column.sent_as is
  'Type of what the bridge hands over for it, of which the column''s is made';

comment on column chat.feed_column.field_number is
  'Number of its field in the feed message, for a row that is stored without one; null where that cannot be made';
