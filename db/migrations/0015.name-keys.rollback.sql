drop function if exists chat.open_position(text, text), chat.find_feed(text), chat.sweep_gateways();

alter table chat.setting
  add column max_comment_bytes integer not null default 1048576 check (max_comment_bytes between 1 and 1048576);

comment on column chat.setting.max_comment_bytes is 'Longest comment, in bytes of UTF-8';

comment on column chat.probe_value.number is null;

alter table chat.probe_value drop constraint probe_value_number_check;

alter table chat.feed_column drop constraint feed_column_column_name_check;

comment on table chat.feed is 'A row a feed. Its rows are in chat.<name>, whose key is <name>_id';

alter table chat.feed drop column key_column;
