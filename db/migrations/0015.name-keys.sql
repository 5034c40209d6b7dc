-- A feed says what its key is called, so that no code puts the name together; a setting that nothing reads goes.
-- depends: 0014.replace-functions

alter table chat.feed add column key_column text not null generated always as (name || '_id') stored;

comment on column chat.feed.key_column is 'Name of the key in the feed''s table';

comment on table chat.feed is 'One row per feed. Its rows are in chat.<name>';

-- The router gives names of its own to columns beside the feed's (write_matching.sql).
alter table chat.feed_column add check (column_name !~ '^_');

-- A clause is tried on five rows (probe_select.sql): what had other numbers was never used.
delete from chat.probe_value where number not between 1 and 5;

alter table chat.probe_value add check (number between 1 and 5);

comment on column chat.probe_value.number is
  'The row, 1 to 5, that the value is in; number 4 of text is an ordinary one, which long texts are made of';

alter table chat.setting drop column max_comment_bytes;

-- Made anew with other return types.
drop function if exists chat.open_position(text, text), chat.find_feed(text), chat.sweep_gateways();
