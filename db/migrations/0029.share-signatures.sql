-- Filters that differ in constants only are evaluated together: see docs/architecture.md, "Matching".
-- depends: 0028.moderate-rooms

create schema matching;

comment on schema matching is 'The constants of filters by signature: made and dropped by the functions of schema chat';

create table chat.signature (
  signature_id integer generated always as identity primary key,
  feed_id smallint not null references chat.feed on delete cascade,
  template text not null,
  template_hash text not null,
  slots text[] not null,
  version smallint not null,
  tree jsonb not null,
  anchors smallint[],
  is_mappable boolean not null,
  form text not null default 'direct' check (form in ('direct', 'pairs', 'bitmaps')),
  adding text,
  filters integer not null default 0,
  tried_with integer not null default 0,
  tried_at timestamptz,
  microseconds jsonb,
  reason text,
  unique (feed_id, template_hash)
);

comment on table chat.signature is
  'What filters have in common that differ in constants only, and how they are evaluated';
comment on column chat.signature.template is 'The canonical condition with $1:type and so on for the constants';
comment on column chat.signature.slots is 'The types of the constants';
comment on column chat.signature.version is 'matching_version() when it was made';
comment on column chat.signature.tree is 'What parse_template makes of it';
comment on column chat.signature.anchors is
  'Slots by which the filters that may pass a row are found by index; null if some need not be met';
comment on column chat.signature.is_mappable is
  'Whether bits of comparisons, each made once for all filters, give those of the filters';
comment on column chat.signature.form is
  'direct: each filter in the router; pairs: filters joined to rows by index; bitmaps: bits of comparisons joined';
comment on column chat.signature.adding is 'The statement that adds a filter to its table, for format()';
comment on column chat.signature.filters is 'How many are routed';
comment on column chat.signature.tried_with is 'How many filters it had when the forms were last compared';
comment on column chat.signature.microseconds is
  'What each form took then for all its filters and one row, in batches of 10 and of 1,000';
comment on column chat.signature.reason is 'Why it stays direct whatever its number of filters, if something raised';

create table matching.trigram (
  signature_id integer not null references chat.signature on delete cascade,
  slot smallint not null,
  trigram bytea not null,
  rows integer not null,
  primary key (signature_id, slot, trigram)
);

comment on table matching.trigram is 'How many of the newest rows held three bytes when the forms were last compared';

create table chat.routed_filter (
  filter_id integer primary key,
  feed_id smallint not null,
  signature_id integer,
  is_indexed boolean not null
);

comment on table chat.routed_filter is 'The filters of groups that are routed, and how each is evaluated';
comment on column chat.routed_filter.is_indexed is 'Its constants are in its table; else it is in the router itself';

create index on chat.routed_filter (signature_id);
create index on chat.routed_filter (feed_id) where not is_indexed;

alter table chat.router add column signature_ids integer[] not null default '{}';

comment on table chat.router is 'What the generated router of a feed evaluates';
comment on column chat.router.filter_ids is 'Filters that it evaluates one by one';
comment on column chat.router.signature_ids is 'Signatures whose filters it evaluates together';

-- With the view that shows what it returns; `migrate` makes both again.
drop function if exists chat.measure_filters(integer) cascade;

-- How many rooms are open is in every ROOM_STATUS.
create index room_open_idx on chat.room (room_id) where is_open;
