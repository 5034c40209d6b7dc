-- Comments that readers stumbled over, in plain words.
-- depends: 0016.remember-words

comment on schema room_filter is
  'Generated: one view per room and feed with what the room''s filter passes, one router per feed';

comment on column chat.group_log.bits is
  'One bit per row of the batch, in their order, the highest of a byte first; null for all rows';

comment on table chat.room_group is
  'Rooms with equal filters, one filter per feed: they get the same feed rows, which are logged once for all of them';

comment on table chat.room_log is
  'The messages of rooms themselves, and which feed rows came between them: those of group_id after place, '
  'each with the next seq';

comment on column chat.room.seq_offset is
  'What is added to a place in the group to get its seq in the room; with the last place, the newest seq';

comment on column chat.setting.max_pass_time is
  'Longest that all filters together may take on a batch, besides 0.2 µs per filter and row; then each is looked at';

comment on column chat.feed_position.last_time is
  'When the stream got message last_seq; null if that is not known. A stream that lost its tail uses numbers again';
