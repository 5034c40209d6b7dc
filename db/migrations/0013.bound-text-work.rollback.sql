drop index chat.filter_canonical_key;

create unique index filter_canonical_key on chat.filter (feed_id, md5(canonical));

alter table chat.filter drop column canonical_hash cascade;

alter table chat.setting drop column max_canonical_bytes, drop column max_text_calls, drop column max_pass_time;

alter table chat.allowed_function drop column is_text_work, drop column max_pattern;

drop function if exists
  chat.match_filter(integer, bigint[], text, interval),
  chat.match_filters_apart(integer, bigint[], boolean),
  chat.forget_verdicts();
