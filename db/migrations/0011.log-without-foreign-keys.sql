-- Rooms' logs without foreign keys: each cost a look-up a room and batch, half of what logging took.
-- depends: 0010.date-positions

alter table chat.room_log
  drop constraint room_log_room_id_fkey,
  drop constraint room_log_feed_id_fkey;
