-- Bounds for what a clause may cost that its trial run cannot see: a condition in front hides the rest from it.
-- depends: 0012.log-by-group

alter table chat.allowed_function
  add column is_text_work boolean not null default false,
  add column max_pattern integer;

comment on column chat.allowed_function.is_text_work is
  'It copies or searches its first argument: a clause may hold setting.max_text_calls of these';

comment on column chat.allowed_function.max_pattern is
  'Its last argument must be a literal of at most so many bytes; null if it may be anything';

update chat.allowed_function
set is_text_work = true
where signature in (
  'lower(text)', 'upper(text)', 'btrim(text)', 'ltrim(text)', 'rtrim(text)',
  'substring(text,integer)', 'substring(text,integer,integer)', 'substr(text,integer)', 'substr(text,integer,integer)',
  '"left"(text,integer)', '"right"(text,integer)', 'length(text)', 'char_length(text)', 'character_length(text)',
  'starts_with(text,text)', '"position"(text,text)', 'position(text,text)', 'strpos(text,text)',
  'btrim(text,text)', 'ltrim(text,text)', 'rtrim(text,text)',
  'textlike(text,text)', 'textnlike(text,text)', 'texticlike(text,text)', 'texticnlike(text,text)'
);

update chat.allowed_function
set max_pattern = case when signature like '_trim%' then 16 else 100 end
where is_text_work and signature like '%(text,text)' and signature not like 'starts_with%';

alter table chat.setting
  add column max_canonical_bytes integer not null default 12000,
  add column max_text_calls integer not null default 40,
  add column max_pass_time interval not null default '1 s';

comment on column chat.setting.max_canonical_bytes is
  'Longest clause as Postgres writes it, in bytes: IN and BETWEEN repeat what stands before them';

comment on column chat.setting.max_text_calls is
  'Most calls of functions that copy or search a text, and LIKE, in a clause';

comment on column chat.setting.max_pass_time is
  'Longest that all filters together may take on a batch, besides 0.2 µs a filter and row; then each is looked at';

-- MD5 sums can be made equal.
alter table chat.filter add column canonical_hash text;

update chat.filter set canonical_hash = encode(sha256(convert_to(canonical, 'UTF8')), 'hex');

alter table chat.filter alter column canonical_hash set not null;

comment on column chat.filter.canonical_hash is 'SHA-256: an index entry is limited to 2,704 bytes and the text is not';

drop index chat.filter_canonical_key;

create unique index filter_canonical_key on chat.filter (feed_id, canonical_hash);

-- Made anew with other columns or parameters.
drop function if exists
  chat.match_filter(integer, bigint[], text, interval),
  chat.match_filters_apart(integer, bigint[], text),
  chat.forget_verdicts(bigint);
