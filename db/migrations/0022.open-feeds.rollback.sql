do $$
begin
  if exists (select from chat.feed as f where f.feed_id >= 100) then
    raise exception 'there are feeds that an operator added, which the former version does not know: %',
      (select string_agg(f.name, ', ') from chat.feed as f where f.feed_id >= 100)
      using hint = 'select remove_feed(name, rows => ''drop'') first';
  end if;
end
$$;

alter table feed.sport_event set schema chat;

alter table feed.execution set schema chat;

-- With what was generated there, and the triggers that call it; `migrate` of the former version makes its own.
drop schema feed cascade;

alter table chat.feed_column
  drop constraint feed_column_type_name_check,
  drop constraint feed_column_max_bytes_check,
  add constraint feed_column_type_name_check check (type_name in ('integer', 'bigint', 'numeric', 'text')),
  add constraint feed_column_check check ((max_bytes is not null) = (type_name = 'text')),
  drop column alias,
  drop column source,
  drop column sent_as,
  drop column field_number;

alter table chat.feed alter column feed_id drop default;

drop sequence chat.feed_feed_id_seq;

alter table chat.feed
  drop constraint feed_feed_id_check,
  drop constraint feed_name_check,
  drop constraint feed_fields_check,
  drop constraint feed_message_type_check,
  drop column format,
  drop column descriptor,
  drop column state,
  drop column default_clause,
  alter column message_type set not null,
  alter column message_field set not null,
  alter column filter_field set not null,
  add constraint feed_feed_id_check check (feed_id between 1 and 99),
  add constraint feed_name_check check (name ~ '^[a-z][a-z_]{0,30}$'),
  add constraint feed_subject_key unique (subject);

comment on table chat.feed is 'One row per feed. Its rows are in chat.<name>';

comment on column chat.feed.subject is 'NATS subject it comes on, unless the environment names another';

comment on column chat.feed.message_type is 'Protobuf message it carries';

comment on column chat.feed.message_field is 'Number of the chatmessage field that carries the feed message';

comment on column chat.feed.filter_field is
  'Number of the chatmessage field that carries the room''s filter of this feed';

comment on table chat.feed_column is
  'The columns of a feed that a filter may name, as stored (column_name) or as in the feed message (field_name)';
