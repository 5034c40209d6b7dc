-- Every message is kept with all of its filters, also those of feeds that have no column for them.
-- depends: 0023.widen-types

alter table chat.chat_event add column filters jsonb;

comment on column chat.chat_event.filters is
  'The clauses of feeds that were added, by name; several if a message had more than one. Null if it had none';
