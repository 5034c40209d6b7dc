-- When the stream got the last message taken of it: tells that message from one that has its number after a crash.
-- depends: 0009.bound-filters

alter table chat.feed_position add column last_time timestamptz;

comment on column chat.feed_position.last_time is
  'When the stream got message last_seq; null if that is not known. A stream that lost its end gives numbers again';
