-- Where in its feed a room's filter began to hold, so that it can be told which filter judged a row.
-- depends: 0006.create-filter-rules

alter table chat.room_filter add column from_row_id bigint not null default 0;

comment on column chat.room_filter.from_row_id is
  'The feed''s newest row when the filter was set: it judged the rows after that';
